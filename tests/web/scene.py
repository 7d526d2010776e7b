"""A floor in full swing, as notices: what a board shows when everything happens at once."""

from collections.abc import Iterator

from calls.floor import AgentSpec, FloorSpec, Membership, QueueSpec
from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.notices import AgentChanged, Alarm, CallChanged, CallRinging, Notice, QueueChanged
from calls.words import AgentState, NoAnswer

NAMES = ("王芳", "李伟", "张敏", "刘洋", "陈静", "杨磊", "赵丽", "周强")
SALES, SUPPORT, SERVICE = QueueId("sales"), QueueId("support"), QueueId("service")

PLAN = FloorSpec(
    version=1,
    ring_cycle_s=5.0,
    queues=(
        QueueSpec(id=SALES, names={"zh-CN": "销售咨询", "en": "Sales"}),
        QueueSpec(id=SUPPORT, names={"zh-CN": "技术支持", "en": "Technical support"}),
        QueueSpec(id=SERVICE, names={"zh-CN": "客户服务", "en": "Customer service"}),
    ),
    agents=tuple(
        AgentSpec(
            id=AgentId(f"a{8001 + n}"),
            name=name,
            staff_number=str(8001 + n),
            queues=(Membership(queue=SALES),),
        )
        for n, name in enumerate(NAMES)
    ),
)


def busy_floor(now: float) -> Iterator[Notice]:
    s = AgentState
    yield QueueChanged(queue=SALES, waiting=4, offered=1, talking=1, ready=0,
                       longest_since=now - 47)  # fmt: skip
    yield QueueChanged(queue=SUPPORT, waiting=1, offered=0, talking=1, ready=0,
                       longest_since=now - 8)  # fmt: skip
    yield QueueChanged(queue=SERVICE, waiting=0, offered=0, talking=0, ready=1)
    offer = OfferId("o1")
    states = (
        AgentChanged(
            agent=AgentId("a8001"),
            state=s.OFFERED,
            since=now - 8,
            offer=offer,
            call=CallId("main-1"),
            queue=SALES,
        ),
        AgentChanged(agent=AgentId("a8002"), state=s.TALKING, since=now - 185, queue=SUPPORT),
        AgentChanged(agent=AgentId("a8003"), state=s.WRAPPING_UP, since=now - 6, until=now + 9),
        AgentChanged(agent=AgentId("a8004"), state=s.NOT_READY, since=now - 1260, reason="培训"),
        AgentChanged(
            agent=AgentId("a8005"),
            state=s.NOT_RESPONDING,
            since=now - 95,
            strikes=2,
            missed=NoAnswer.RANG_OUT,
        ),
        AgentChanged(agent=AgentId("a8006"), state=s.TALKING, since=now - 4021, queue=SALES),
        AgentChanged(agent=AgentId("a8007"), state=s.READY, since=now - 33),
    )
    yield from states
    yield CallRinging(agent=AgentId("a8001"), offer=offer, at=now - 7, cycle_s=5.0)
    for n, (stage, queue, agent) in enumerate(
        (
            ("menu", None, None),
            ("waiting", SALES, None),
            ("waiting", SUPPORT, None),
            ("offered", SALES, AgentId("a8001")),
            ("talking", SUPPORT, AgentId("a8002")),
            ("ended", SALES, None),
        )
    ):
        yield CallChanged(call=CallId(f"main-{n}"), stage=stage, at=now - 9 * n - 3,
                          number="138****5678", queue=queue, agent=agent)  # fmt: skip
    yield Alarm(name="journal_late", on=True, text="over 20 ms", at=now)
