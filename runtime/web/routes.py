"""Every room's routes under /api/v1, put together; a room that gains a ``web.py`` is added here."""

from collections.abc import Callable

from flask import Blueprint

import acd.web
import cti.contacts_web
import cti.import_web
import cti.paths_web
import cti.report_web
import cti.web
import ivr.rollout.web
import ivr.web
import ivr.workshop_web
import recordings.keeping_web
import recordings.scoring.web
import recordings.web
import tickets.beside_web
import tickets.complaints.web
import tickets.followups.web
import tickets.forms.web
import tickets.knowledge.web
import tickets.tasks.web
import tickets.web
from agent_softphone_bridge.board import Board
from agent_softphone_bridge.caller_web import caller_blueprint
from agent_softphone_bridge.callers import Callers
from agent_softphone_bridge.dial_web import dial_blueprint
from agent_softphone_bridge.guide_web import guide_blueprint
from agent_softphone_bridge.people import People
from agent_softphone_bridge.people_web import people_blueprint
from agent_softphone_bridge.phone_web import phone_blueprint, watch_blueprint
from agent_softphone_bridge.phones import Phones
from agent_softphone_bridge.skills_web import skills_blueprint
from agent_softphone_bridge.web import (
    Tell,
    agents_blueprint,
    floor_blueprint,
    session_blueprint,
)
from calls.floor import FloorSpec
from calls.ids import CallId, QueueId, TicketId
from calls.words import Level
from cti.recent import RecentFacts
from ivr.interpreter import CallFacts
from ivr.whereabouts import Whereabouts
from ivr.workshop_web import Workshop
from runtime.configuring import Configuring
from runtime.outgoing.web import outgoing_blueprint
from runtime.person.web import person_blueprint
from runtime.studies.web import studies_blueprint
from runtime.web import house
from runtime.web.configuration import configuration_blueprint
from runtime.web.devices import devices_blueprint
from runtime.web.exchange import FlaskExchange
from runtime.web.hours import hours_blueprint
from runtime.web.openapi import openapi_blueprint
from runtime.web.ports import WebPorts
from runtime.web.trials import TrialBook, plan_of, trials_blueprint, ways_of
from telephony.asterisk.settings import TEST_NUMBER


def api_blueprints(
    exchange: FlaskExchange,
    ports: WebPorts,
    people: People,
    board: Board,
    facts: RecentFacts,
    tell: Tell,
    phones: Phones,
    callers: Callers | None,
    inside: Whereabouts,
    trials: TrialBook,
    show: Callable[[FloorSpec], None],
) -> tuple[Blueprint, ...]:
    """``tell``: to the engine, from any thread, waiting; None when it was taken, else why not.
    ``show``: a new floor plan to the screens."""
    configuring = Configuring(ports.in_force, ports.floor, ports.prepare, show)
    audio = _recordings(exchange, ports, facts)
    return (
        session_blueprint(exchange, people, exchange.signed_in),
        people_blueprint(exchange, people),
        floor_blueprint(exchange, board),
        agents_blueprint(exchange, board, tell),
        phone_blueprint(exchange, board, phones, ports.plan, ports.order),
        guide_blueprint(exchange, board, ports.plan, tell),
        skills_blueprint(exchange, board, ports.plan, tell),
        dial_blueprint(exchange, board, ports.may_dial, tell),
        watch_blueprint(exchange, board, phones, ports.order),
        caller_blueprint(exchange, callers, lambda written: ports.read_number(written).key),
        acd.web.blueprint(
            exchange,
            ports.floor.why,
            ports.floor.waits,
            lambda: {agent.id: agent.name for agent in ports.plan().agents},
            lambda call: board.queue_of(call) or _queue_of(ports, facts, call),
        ),
        studies_blueprint(exchange, ports.studies),
        acd.web.waiting_blueprint(exchange, tell, ports.floor.waits, board.serves),
        acd.web.callbacks_blueprint(exchange, ports.floor.callbacks, tell),
        cti.web.calls_blueprint(
            exchange, ports.records, facts, ports.read_number, ports.voices.of_call
        ),
        cti.contacts_web.contacts_blueprint(exchange, ports.contacts, ports.records.get),
        cti.web.customers_blueprint(exchange, ports.customers, ports.read_number),
        person_blueprint(exchange, ports.persons),
        cti.import_web.imports_blueprint(exchange, ports.imports),
        cti.web.figures_blueprint(
            exchange,
            ports.figures,
            lambda: _levels_s(ports),
            board.serves,
            ports.voices.of_agents,
            lambda: {agent.id: agent.name for agent in ports.plan().agents},
        ),
        cti.report_web.reports_blueprint(
            exchange,
            ports.reports,
            lambda: {line.id: line.queues for line in board.agents()},
        ),
        tickets.web.blueprint(exchange, ports.tickets, lambda: ports.in_force.departments),
        tickets.beside_web.beside_blueprint(exchange, ports.beside_tickets),
        tickets.complaints.web.complaints_blueprint(exchange, ports.complaints),
        tickets.forms.web.forms_blueprint(exchange, ports.forms),
        tickets.followups.web.follow_ups_blueprint(exchange, ports.follow_ups),
        tickets.tasks.web.tasks_blueprint(exchange, ports.tasks),
        tickets.knowledge.web.reading_blueprint(exchange, ports.knowledge, ports.tickets),
        tickets.knowledge.web.writing_blueprint(exchange, ports.knowledge),
        recordings.web.blueprint(exchange, audio),
        recordings.keeping_web.keeping_blueprint(exchange, audio),
        recordings.scoring.web.forms_blueprint(
            exchange,
            ports.scoring,
            ports.recordings.store,
            lambda: {one.id: one.agent for one in ports.people.people() if one.active},
        ),
        recordings.scoring.web.reviews_blueprint(exchange, ports.scoring),
        recordings.scoring.web.results_blueprint(exchange, ports.scoring),
        ivr.web.blueprint(exchange, ports.trees),
        ivr.rollout.web.rollout_blueprint(exchange, ports.rollouts),
        cti.paths_web.paths_blueprint(exchange, ports.reports),
        ivr.workshop_web.workshop_blueprint(exchange, ports.trees, _workshop(ports, inside)),
        house.house_blueprint(exchange, ports.trunks, ports.trunk_states, ports.emergency),
        hours_blueprint(
            exchange,
            lambda: ports.in_force.configuration,
            ports.trees,
            lambda: ports.emergency.on,
        ),
        configuration_blueprint(exchange, ports.documents, configuring, board),
        devices_blueprint(exchange, ports.plan, ports.registrar),
        trials_blueprint(
            exchange,
            trials,
            facts,
            ports.order,
            ports.phone.edge,
            lambda: ways_of(ports.trunk_plan(), ports.trunk_states()),
            plan_of(ports.trunk_plan, ports.trunk_states, ports.trees, lambda: _facts_now(ports)),
        ),
        outgoing_blueprint(exchange, ports.outgoing, lambda: ports.in_force.outgoing),
        openapi_blueprint(exchange),
    )


def _recordings(
    exchange: FlaskExchange, ports: WebPorts, facts: RecentFacts
) -> recordings.web.RecordingPorts:
    def calls_of(ticket: TicketId) -> list[CallId]:
        return [one.call for one in exchange.wait(ports.tickets.get(ticket)).calls]

    return recordings.web.RecordingPorts(
        recordings=ports.recordings,
        keeping=ports.keeping,
        rules=lambda: ports.in_force.recordings,
        record_of=lambda call: ports.records.get(call) or facts.record(call),
        calls_of=calls_of,
        read_number=lambda written: ports.read_number(written).key,
        link_secret=ports.link_secret,
    )


def _queue_of(ports: WebPorts, facts: RecentFacts, call: CallId) -> QueueId | None:
    record = ports.records.get(call) or facts.record(call)
    return record.queue if record is not None else None


def _facts_now(ports: WebPorts) -> CallFacts:
    """Of a caller who calls at this moment, and of whom nothing is known."""
    return CallFacts(
        now=ports.clock.now(),
        number=TEST_NUMBER,
        level=Level.NORMAL,
        calendars=ports.calendars(),
        emergency=ports.emergency.on,
    )


def _workshop(ports: WebPorts, inside: Whereabouts) -> Workshop:
    return Workshop(inside, ports.calendars, lambda: ports.emergency.on, ports.speak)


def _levels_s(ports: WebPorts) -> dict[QueueId, float]:
    return {queue.id: queue.service_level_s for queue in ports.plan().queues}
