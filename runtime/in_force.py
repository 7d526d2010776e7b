"""What of the configuration may change while the hotline runs, as it is in force now.

Everything reads it anew each time; nothing keeps a part of it. Settings and trunks stay as they
were at the start.
"""

from collections.abc import Mapping
from dataclasses import replace

from calls.calendar import WorkCalendar
from calls.floor import FloorSpec, HoldRule, QueueSpec
from calls.ids import DeviceId, QueueId
from config.alarms import AlarmPlan
from config.folder import Configuration
from config.outgoing import OutgoingPlan
from recordings.rules import RecordingRules
from tickets.departments import Departments
from tickets.followups.model import FollowUpPlan
from tickets.rules import RuleBook


class InForce:
    """Read on any thread; changed on the event loop's."""

    def __init__(self, configuration: Configuration) -> None:
        self._now = configuration
        self._index(configuration.floor)

    @property
    def configuration(self) -> Configuration:
        return self._now

    @property
    def floor(self) -> FloorSpec:
        return self._now.floor

    @property
    def calendars(self) -> Mapping[str, WorkCalendar]:
        return self._now.calendars

    @property
    def ticket_rules(self) -> RuleBook:
        return self._now.ticket_rules

    @property
    def outgoing(self) -> OutgoingPlan:
        return self._now.outgoing

    @property
    def recordings(self) -> RecordingRules:
        return self._now.recordings

    @property
    def alarms(self) -> AlarmPlan:
        return self._now.alarms

    @property
    def departments(self) -> Departments:
        return self._now.departments

    @property
    def follow_ups(self) -> FollowUpPlan:
        return self._now.follow_ups

    def never_called(self, number: str) -> bool:
        """Whether the number is on the do-not-call list."""
        trunks = self._now.trunks
        return trunks.key_of(number) in trunks.do_not_call

    def calendar(self, name: str) -> WorkCalendar:
        """The hotline's own for '' and for what is not there any more."""
        own = self._now.calendars[self._now.settings.calendar]
        return self._now.calendars.get(name, own)

    def queue(self, id_: QueueId) -> QueueSpec | None:
        return self._queues.get(id_)

    def outside_number(self, device: DeviceId) -> str:
        """'' for a telephone of ours."""
        return self._outside.get(device, "")

    def hold_rule(self, queue: QueueId) -> HoldRule:
        """The default for a queue that is not there any more."""
        spec = self._queues.get(queue)
        return HoldRule() if spec is None else spec.hold

    def take(self, new: Configuration) -> None:
        """From now on all but settings and trunks are these."""
        now = self._now
        self._now = replace(new, settings=now.settings, trunks=now.trunks)
        self._index(new.floor)

    def _index(self, floor: FloorSpec) -> None:
        self._queues = {queue.id: queue for queue in floor.queues}
        devices = (device for agent in floor.agents for device in agent.devices)
        self._outside = {device.id: device.number for device in devices if device.number}
