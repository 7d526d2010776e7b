"""A complaint's way through the house, as a table. Pure.

It belongs to a ticket, which holds the customer, the calls and what was said.
"""

from dataclasses import dataclass
from enum import StrEnum

from calls.ids import TicketId


class State(StrEnum):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    STANDS = "stands"
    UNFOUNDED = "unfounded"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    INVESTIGATED = "investigated"
    PROPOSED = "proposed"
    APPROVED = "approved"
    ANSWERED = "answered"
    FOLLOWED_UP = "followed_up"
    ARCHIVED = "archived"


class Step(StrEnum):
    ACCEPT = "accept"
    JUDGE_STANDS = "judge_stands"
    JUDGE_UNFOUNDED = "judge_unfounded"
    CLASSIFY = "classify"
    ASSIGN = "assign"
    INVESTIGATE = "investigate"
    PROPOSE = "propose"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    """The proposal is not good enough."""
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"
    NOT_CONTENT = "not_content"
    """She is not content with the answer: it is looked into again."""
    ARCHIVE = "archive"


TABLE: dict[tuple[State, Step], State] = {
    (State.RECEIVED, Step.ACCEPT): State.ACCEPTED,
    (State.ACCEPTED, Step.JUDGE_STANDS): State.STANDS,
    (State.ACCEPTED, Step.JUDGE_UNFOUNDED): State.UNFOUNDED,
    (State.STANDS, Step.CLASSIFY): State.CLASSIFIED,
    (State.CLASSIFIED, Step.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Step.INVESTIGATE): State.INVESTIGATED,
    (State.INVESTIGATED, Step.PROPOSE): State.PROPOSED,
    (State.PROPOSED, Step.APPROVE): State.APPROVED,
    (State.PROPOSED, Step.SEND_BACK): State.INVESTIGATED,
    (State.APPROVED, Step.ANSWER): State.ANSWERED,
    (State.UNFOUNDED, Step.ANSWER): State.ANSWERED,
    (State.ANSWERED, Step.FOLLOW_UP): State.FOLLOWED_UP,
    (State.ANSWERED, Step.NOT_CONTENT): State.ACCEPTED,
    (State.FOLLOWED_UP, Step.ARCHIVE): State.ARCHIVED,
}
"""What is absent is refused."""

WITH_TEXT = frozenset(Step) - {Step.ACCEPT, Step.CLASSIFY, Step.ASSIGN, Step.ARCHIVE}
"""Steps that say why, or what was found, proposed, answered."""
BY_LEADERS = frozenset({Step.APPROVE, Step.SEND_BACK, Step.ARCHIVE})
"""Only supervisors and admins take them."""


class Category(StrEnum):
    PRODUCT_QUALITY = "product_quality"
    SERVICE_QUALITY = "service_quality"
    AFTER_SALES = "after_sales"
    PRICE = "price"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken."""

    step: Step
    at: float
    who: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    ticket: TicketId
    received_at: float
    state: State = State.RECEIVED
    stands: bool | None = None
    """None until it was judged."""
    category: Category | None = None
    department: str = ""
    """Whom it is about or who looks into it."""
    assignee: str = ""
    """Who looks into it, by log-in name."""
    version: int = 1
    steps: tuple[Taken, ...] = ()

    @property
    def may(self) -> tuple[Step, ...]:
        """What can be done next, in the table's order."""
        return tuple(step for state, step in TABLE if state is self.state)


@dataclass(frozen=True, slots=True)
class Asked:
    """A step somebody wants to take, with what it needs."""

    step: Step
    text: str = ""
    category: Category | None = None
    """For classify."""
    department: str = ""
    assignee: str = ""
    """For assign."""


class ComplaintError(Exception):
    """The caller of the API asked for something that cannot be."""


class NoSuchComplaint(ComplaintError):
    pass


class ComplaintChanged(ComplaintError):
    """Somebody else was quicker; ``now`` is the complaint as it stands."""

    def __init__(self, now: Complaint) -> None:
        super().__init__(f"the complaint of ticket {now.ticket} is at version {now.version}")
        self.now = now


class StepRefused(ComplaintError):
    def __init__(self, complaint: Complaint, step: Step) -> None:
        may = ", ".join(complaint.may) or "nothing"
        super().__init__(
            f"the complaint of ticket {complaint.ticket} is {complaint.state}: "
            f"next may be {may}, not {step}"
        )


class StepLacks(ComplaintError):
    """``field`` must be filled in for this step."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class SameEyes(ComplaintError):
    """Who proposed an answer does not approve it."""


def advance(complaint: Complaint, asked: Asked, who: str, now: float) -> Complaint:
    """Raises StepRefused, StepLacks, SameEyes."""
    after = TABLE.get((complaint.state, asked.step))
    if after is None:
        raise StepRefused(complaint, asked.step)
    if asked.step in WITH_TEXT and not asked.text.strip():
        raise StepLacks("text")
    stands, category = complaint.stands, complaint.category
    department, assignee = complaint.department, complaint.assignee
    match asked.step:
        case Step.JUDGE_STANDS | Step.JUDGE_UNFOUNDED:
            stands = asked.step is Step.JUDGE_STANDS
        case Step.CLASSIFY:
            category = asked.category
            if category is None:
                raise StepLacks("category")
        case Step.ASSIGN:
            department, assignee = asked.department, asked.assignee
            if not department and not assignee:
                raise StepLacks("department")
        case Step.APPROVE:
            proposals = [one for one in complaint.steps if one.step is Step.PROPOSE]
            if proposals and proposals[-1].who == who:
                raise SameEyes
        case _:
            pass
    return Complaint(
        ticket=complaint.ticket,
        received_at=complaint.received_at,
        state=after,
        stands=stands,
        category=category,
        department=department,
        assignee=assignee,
        version=complaint.version + 1,
        steps=(*complaint.steps, Taken(asked.step, now, who, asked.text.strip())),
    )
