"""One caller's presence in this controller: her channel, what is known of her, her mailbox.

A visit begins when her channel comes in over FastAGI and ends when it leaves. The same caller may
visit twice (a controller restarted under her): the call id is the same, the facts go on.
"""

import base64
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from calls.commands import (
    Announce,
    ChangeCaller,
    OfferCall,
    OfferCallback,
    ReleaseCaller,
    TellPlace,
    WithdrawOffer,
)
from calls.events import (
    CustomerFound,
    Fact,
    KeysPressed,
    QueueJoined,
    QueueLeft,
    WaitChanged,
)
from calls.ids import CallId, OfferId, QueueId, call_id
from calls.inputs import CallerKnown, CallQueued
from calls.notices import CallChanged, Pop, PopPatched, PopShown
from calls.text import clean_caller, clean_number, mask_number
from calls.words import Language, LeaveReason
from cti.pop import compose_pop
from hotline import place
from hotline.house import House
from hotline.mailbox import Mailbox
from hotline.offer import OfferRun
from ivr.interpreter import Cursor
from ivr.interpreter import pack as pack_cursor
from ivr.model import Tree
from ivr.prompts import Prompt
from telephony.agi.channel import Channel

if TYPE_CHECKING:
    from hotline.ring_together import RingTogether

TIME_LEFT = "TIMEOUT(absolute)"
OFFER = "__TR_OFFER"
"""The offer's id, inherited by every leg that is dialled for it."""
STEP_S = 300.0
"""No step of a tree but waiting and talking takes longer; the longest is a voicemail."""


ECHO_S = 0.15
"""Nobody presses two keys within this; both sockets have told of one key by then."""


class KeysGo(Enum):
    """Where a key goes that AMI tells of."""

    NOWHERE = auto()
    """AGI itself is collecting."""
    AHEAD = auto()
    """Something is being said to the end; keys are kept for the question after it."""
    TO_MAILBOX = auto()
    """She waits."""


class KeyPress(str):
    """A key pressed while nothing was listening on AGI; it came by AMI."""


Mail = OfferCall | TellPlace | ReleaseCaller | Announce | OfferCallback | KeyPress
WORDS = (TellPlace, Announce, OfferCallback)
"""Nothing for somebody who is being rung for, or is being told something else."""


class Visit:
    # Hundreds wait at once, and above thirty names a dictionary each costs more than all the rest.
    __slots__ = (
        *("announcing", "background", "call", "channel", "consent", "cursor", "dialled", "ended"),
        *("hearing", "house", "keys", "language", "mailbox", "name", "number", "offers", "runs"),
        "together",
        *("open_offers", "queue", "queued", "queued_at", "redirected", "served", "tree"),
        *("tree_version", "trunk", "typed", "unattended", "variables", "withdrawn"),
        *("priority", "returns", "stay", "told"),
        *("_began_ms", "_deaf_until", "_facts", "_shown"),
    )

    def __init__(self, channel: Channel, house: House) -> None:
        environment = channel.environment
        self.channel = channel
        self.house = house
        self.call: CallId = call_id(house.edge, environment.channel_id)
        self.number = clean_caller(environment.number)
        self.name = environment.name
        self.dialled = clean_number(environment.dialled)
        self.trunk = ""
        self.language = Language.ZH
        self.tree: Tree
        self.tree_version = ""
        self.cursor: Cursor
        self.queue: QueueId | None = None
        self.keys: list[str] = []
        self.variables: dict[str, str] = {}
        self.background = house.pops.begin(self.number, self._background_complete)
        self.mailbox: Mailbox[Mail] = Mailbox(house.clock)
        channel.when_lost(self.mailbox.wake)
        self.withdrawn: set[OfferId] = set()
        """Offers taken back before their Dial began."""
        self.runs: dict[OfferId, OfferRun] = {}
        """Offers whose phones are being dialled now: one, or several that ring together."""
        self.together: RingTogether | None = None
        """Takes further offers while several phones may ring."""
        self.offers: list[OfferId] = []
        """Every offer made for her while she is here."""
        self.unattended: OfferRun | None = None
        """A talk that goes on although this session broke: Asterisk carries it to its end."""
        self.ended = False
        """The call is over, and has been said to be; else somebody will come back for her."""
        self.open_offers: set[OfferId] = set()
        """Those not reported over yet."""
        self.consent = False
        """She was told that talks are recorded, and did not refuse."""
        self.redirected = False
        """We took the channel elsewhere ourselves: losing it is not the caller leaving."""
        self.announcing = False
        self.hearing = KeysGo.NOWHERE
        self.typed = ""
        """Keys typed ahead while something was said to the end."""
        self._deaf_until = 0.0
        self.served = False
        """An agent has talked to her since she waited last."""
        self.queued_at = 0.0
        """When she began to wait for an agent; 0 before that."""
        self.told: int | None = None
        """The best place she has been told; no worse one is, whatever queue she comes to."""
        self.stay = 0
        """Numbers her coming to the queue, also beyond this visit; 0 before the first."""
        self.returns: CallId | None = None
        """The call in which she was promised this one, until its place is hers again."""
        self.priority: int | None = None
        """Given her by a supervisor while she waits here; None: her tree's."""
        self.queued: Callable[[], CallQueued] | None = None
        """Says how she waits, with the time so far; None while she is in no queue."""
        self._shown: CallChanged | None = None
        self._began_ms = int(house.clock.now() * 1000)
        self._facts = 0

    @property
    def offer(self) -> OfferRun | None:
        """The offer that has become a talk, else the first whose phone is being dialled."""
        runs = self.runs.values()
        return next((run for run in runs if run.taken), next(iter(runs), None))

    def note(self, kind: type[Fact], **fields: Any) -> None:
        """Write one fact of this call, stamped now, told once."""
        self._facts += 1
        key = f"{self._began_ms:x}.{self._facts}"
        fact = kind(call=self.call, at=self.house.clock.now(), key=key, **fields)
        self.house.facts.write(fact)

    def show(self, stage: str, **fields: Any) -> None:
        """Tell the boards where this caller is."""
        self._shown = CallChanged(
            call=self.call,
            stage=stage,
            at=self.house.clock.now(),
            number=mask_number(self.number),
            **fields,
        )
        self.house.bus.publish(self._shown)

    def show_again(self) -> None:
        """Tell boards that have just begun, and the agent's screen that had her pop."""
        if self._shown is not None:
            self.house.bus.publish(self._shown)
        for offer in [run.offer for run in self.runs.values()]:
            self.house.bus.publish(
                PopShown(agent=offer.agent, offer=offer.offer, queue=offer.queue, pop=self.pop())
            )

    def note_keys(self, node: str, keys: str, *, secret: bool) -> None:
        """Keep what was pressed for the pop and the record, unless it is secret."""
        if not keys:
            return
        shown = "*" * len(keys) if secret else keys
        self.keys.append(shown)
        self.note(KeysPressed, node=node, keys=shown)

    def deliver(self, item: Mail | ChangeCaller | WithdrawOffer) -> None:
        """Take a command or key; an offer cuts a running announcement short at once."""
        if isinstance(item, WithdrawOffer):
            if item.offer in self.runs:
                self.runs[item.offer].withdraw()
            else:
                self.withdrawn.add(item.offer)
            return
        if isinstance(item, KeyPress):
            self._key(item)
            return
        if isinstance(item, ChangeCaller):
            self._change(item)
            return
        if isinstance(item, WORDS) and (self.announcing or self.runs):
            return
        if isinstance(item, OfferCall) and self.together is not None and self.together.add(item):
            return
        self.mailbox.put(item)
        if self.announcing:
            self.house.lines.stop_playing(self)

    def _change(self, change: ChangeCaller) -> None:
        """A recipe, or a supervisor, has changed how she waits; she hears nothing of it."""
        if self.queue is None:
            return
        if not change.step:
            self.priority = change.priority
        self.note(WaitChanged, queue=self.queue, step=change.step)
        if change.queue is not None:
            self.note(QueueLeft, queue=self.queue, reason=LeaveReason.MOVED)
            self.queue = change.queue
            self.note(QueueJoined, queue=self.queue)
            self.show("waiting", queue=self.queue)

    def _key(self, key: KeyPress) -> None:
        if self.house.clock.now() < self._deaf_until:
            return
        if self.hearing is KeysGo.TO_MAILBOX:
            self.mailbox.put(key)
        elif self.hearing is KeysGo.AHEAD:
            self.typed += key

    def hear_keys(self, where: KeysGo) -> None:
        """From now on keys that AMI tells of go there. Those AGI took are told by AMI, too, a
        moment before or after: that moment is passed over."""
        if self.hearing is KeysGo.NOWHERE and where is not KeysGo.NOWHERE:
            self._deaf_until = self.house.clock.now() + ECHO_S
        self.hearing = where

    async def mark(
        self,
        offer: OfferId | None = None,
        *,
        legs: str = "",
        out: str = "",
        for_s: float = STEP_S,
    ) -> None:
        """Write where she stands onto her own channel, for whoever must carry on, and allow the
        next step ``for_s`` seconds; with an offer, also what its ``legs`` are known by. One round
        trip."""
        words = {place.VARIABLE: self._place(offer, out), TIME_LEFT: str(round(for_s))}
        if offer is not None:
            words |= {OFFER: legs, place.TALKED: ""}
        await self.channel.set_all(words)

    def marking(self, offer: OfferId, for_s: float) -> str:
        """Dial's option that does the same before it dials a phone for this offer, in no round trip
        at all: an agent is waiting for it."""
        here = base64.b64encode(self._place(offer).encode()).decode()
        return f"B(mark^s^1({here}^{offer}^{round(for_s)}))"

    def _place(self, offer: OfferId | None, out: str = "") -> str:
        return place.pack(
            place.Place(
                tree=self.tree_version,
                cursor=pack_cursor(self.cursor),
                language=self.language,
                offer=offer,
                out=out,
                queue=self.queue,
                consent=self.consent,
            )
        )

    async def allow(self, seconds: float) -> None:
        """Push forward the limit after which Asterisk takes her for forgotten."""
        await self.channel.set(TIME_LEFT, str(round(seconds)))

    def pop(self) -> Pop:
        """Everything known of her now, for an agent's screen."""
        return compose_pop(
            self.call,
            self.background.known,
            dialled=self.dialled,
            language=self.language,
            keys=self.keys,
            variables=self.variables,
            waited_s=self.house.clock.now() - self.queued_at if self.queued_at else 0.0,
            tickets=self.background.tickets,
            contacts=self.background.contacts,
            more_to_come=self.background.more_to_come,
        )

    def _background_complete(self) -> None:
        person = self.background.known.person
        if person is not None:
            self.note(CustomerFound, customer=person.customer, level=person.level, name=person.name)
        self._say_who_waits()
        for offer in [run.offer for run in self.runs.values()]:
            self.house.bus.publish(PopPatched(agent=offer.agent, offer=offer.offer, pop=self.pop()))

    def _say_who_waits(self) -> None:
        """She began to wait as a stranger: what is known now may move her up, or find her agent."""
        if self.queued is None or self.has_left_queue:
            return
        said = self.queued()
        if said.customer is not None or said.prefer:
            self.house.tell(
                CallerKnown(
                    call=self.call, customer=said.customer, level=said.level, prefer=said.prefer
                )
            )

    def comes_to_queue(self) -> None:
        """She is about to be queued, or queued again: offers made before are not for this stay."""
        self.stay = max(self.stay + 1, int(self.house.clock.now() * 1000))

    @property
    def has_left_queue(self) -> bool:
        """She waited, and does not any more: she talks, or is further on in her tree."""
        talks = self.offer is not None and self.offer.taken
        return talks or (self.queued is None and self.queued_at > 0)

    @property
    def is_out_of_touch(self) -> bool:
        """Her last offer is over, and AGI has not said so: she cannot take another yet."""
        return any(run.lost for run in self.runs.values()) and self.together is None

    def unread_offers(self) -> list[OfferCall]:
        """Offers still in the mailbox when the visit ended."""
        return [item for item in self.mailbox.take_all() if isinstance(item, OfferCall)]

    async def files(self, prompts: tuple[Prompt, ...]) -> list[str]:
        """What Asterisk plays for these prompts in her language."""
        return await self.house.speech.files(prompts, self.language, self.tree.prompts)

    async def say(self, *files: str, keys: str = "") -> str:
        """Play files to the end or to one of ``keys``; returns the key pressed or ''."""
        for file in files:
            key = await self.channel.play(file, keys)
            if key:
                return key
        return ""
