"""Pictures of every face, in both languages, light and dark, as docs/screenshots keeps them.

``python -m tests.web.screenshots [FACE ...]`` takes them anew, all or those named: each in a real
Chromium before a small house in full swing, in sixty-four colours, so that they stay small.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace
from PIL import Image
from playwright.sync_api import Page, expect

from calls.ids import AgentId
from calls.notices import AgentChanged, TalkChanged
from calls.record import CallRecord
from calls.words import AgentState, Outcome, TalkStage
from tests.conftest import _loop as loop
from tests.web.house import House, open_house
from tests.web.page import Tell, browsing, sign_in
from tests.web.records import answered, keep
from tests.web.scene import PLAN, busy_floor
from tests.web.test_page_desk import furnish
from tests.web.test_page_desktop import CALL, CHEN, OFFER, SHE, pop, ring, state, talk
from tests.web.test_page_recordings import given_a_talk
from tests.web.test_page_reports import DAY, busy_day
from tests.web.test_page_tree_rollout import called
from tests.web.test_page_trees import HOTLINE, opens

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
LANGUAGES = ("zh-CN", "en")
SCHEMES = ("light", "dark")
COLOURS = 64
SETTLED_MS = 700
"""Charts grow, and pictures of trees move to where they stand."""

Face = Callable[[Page, House, Tell], None]


def desktop_ringing(page: Page, house: House, tell: Tell) -> None:
    sign_in(page, SHE)
    ring(house, tell, pop(matches=(CHEN,), keys=("1", "2"), waited_s=47), rang_before_s=5.5)
    expect(page.locator(".pop-name")).to_have_text("陈明")


def desktop_talking(page: Page, house: House, tell: Tell) -> None:
    sign_in(page, SHE)
    ring(house, tell, pop(matches=(CHEN,), keys=("1", "2"), waited_s=47))
    talk(house, tell)
    at = house.ports.clock.now()
    stage = TalkStage.TALKING
    tell(TalkChanged(agent=SHE, call=CALL, offer=OFFER, stage=stage, at=at, recorded=True))
    page.locator("#ticket").get_by_role("button").first.click()
    expect(page.locator("#ticket-note")).to_be_visible()


def desktop_between(page: Page, house: House, tell: Tell) -> None:
    sign_in(page, SHE)
    tell(state(house, AgentState.READY))
    expect(page.locator("#own-state")).to_have_attribute("data-state", "ready")


def desktop_wrap_up(page: Page, house: House, tell: Tell) -> None:
    desktop_talking(page, house, tell)
    now = house.ports.clock.now()
    tell(AgentChanged(agent=SHE, state=AgentState.WRAPPING_UP, since=now, until=now + 40))
    expect(page.locator("#own-state")).to_have_attribute("data-state", "wrapping_up")


def board(page: Page, house: House, tell: Tell) -> None:
    sign_in(page)
    page.goto(f"{house.base}/board")
    tell(*busy_floor(house.ports.clock.now()))
    expect(page.locator("#alarms li")).to_have_count(1)


def missed(page: Page, house: House, tell: Tell) -> None:
    gone = replace(answered(1), outcome=Outcome.ABANDONED_IN_QUEUE, agent=None, legs=())
    keep(house, gone)
    house.ports.tasks.step(house.ports.clock.now())
    sign_in(page)
    page.goto(f"{house.base}/missed")
    expect(page.locator("#missed li").first).to_be_visible()


def reports(page: Page, house: House, tell: Tell) -> None:
    busy_day(house)
    sign_in(page, "boss")
    page.goto(f"{house.base}/reports?{DAY}")
    expect(page.locator("canvas, svg").first).to_be_visible()


def desk_ticket(page: Page, house: House, tell: Tell) -> None:
    sign_in(page, "zhao")
    page.goto(f"{house.base}/desk/ticket/1")
    expect(page.locator("main h1")).to_be_visible()


def desk(page: Page, house: House, tell: Tell) -> None:
    sign_in(page, "zhao")
    page.goto(f"{house.base}/desk")
    expect(page.locator("main h1")).to_be_visible()


def recording(page: Page, house: House, tell: Tell) -> None:
    sign_in(page, "boss")
    page.goto(f"{house.base}/recordings/r1")
    expect(page.locator(".player-wave")).to_be_visible()


def trees(page: Page, house: House, tell: Tell) -> None:
    opens(page, house)


def tree_paths(page: Page, house: House, tell: Tell) -> None:
    """What callers did lately, over the tree."""
    opens(page, house)
    walk(house)
    page.get_by_role("tab").last.click()
    page.locator("#paths label").nth(2).click()
    expect(page.locator(".card-heat").first).to_be_visible()
    page.locator(".react-flow__controls-fitview").click()


def tree_trial(page: Page, house: House, tell: Tell) -> None:
    """Two versions side by side, and one to come."""
    opens(page, house)
    rollouts, now = house.ports.rollouts, house.ports.clock.now()
    if not rollouts.trials(HOTLINE):
        document = house.ports.trees.draft(HOTLINE).document
        reworded = document.replace("感谢您的来电", "谢谢您的来电")
        house.ports.trees.save_draft(HOTLINE, reworded.encode(), "admin", now)
        trial = rollouts.begin_trial(HOTLINE, "", 20, "admin", now - 3_600.0)
        rollouts.plan(HOTLINE, trial.a, now + 86_400.0, "admin", now)
        at, left, served = now - 1_800.0, Outcome.ABANDONED_IN_MENU, Outcome.ANSWERED
        called(house, at, trial.a, 96, left, "language", "main")
        called(house, at, trial.a, 304, served, "language", "main", "sales")
        called(house, at, trial.b, 11, left, "language", "main")
        called(house, at, trial.b, 89, served, "language", "main", "sales")
    page.get_by_role("tab").nth(4).click()
    expect(page.locator(".beside td small").first).to_be_visible()


def caller(page: Page, house: House, tell: Tell) -> None:
    page.goto(f"{house.base}/call")
    expect(page.locator("#number")).to_have_value("4008001234")


def as_admin(path: str) -> Face:
    def face(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        page.goto(f"{house.base}{path}")
        expect(page.locator("main h1, main h2").first).to_be_visible()

    return face


def sign_in_page(page: Page, house: House, tell: Tell) -> None:
    expect(page.locator("#name")).to_be_visible()


FACES: dict[str, Face] = {
    "sign-in": sign_in_page,
    "desktop-between": desktop_between,
    "desktop-ringing": desktop_ringing,
    "desktop-talking": desktop_talking,
    "desktop-wrap-up": desktop_wrap_up,
    "board": board,
    "missed": missed,
    "reports": reports,
    "desk": desk,
    "desk-ticket": desk_ticket,
    "knowledge": as_admin("/knowledge"),
    "recording": recording,
    "trees": trees,
    "tree-paths": tree_paths,
    "tree-trial": tree_trial,
    "admin-floor": as_admin("/admin"),
    "admin-people": as_admin("/admin/people"),
    "caller": caller,
}


def walk(house: House) -> None:
    """Callers of the last hour, most of whom come to an agent."""
    version = house.ports.trees.current(HOTLINE).hash
    at, to_main = house.ports.clock.now() - 3_000.0, ("language", "consent", "hours", "main")
    for name, count, outcome, nodes in (
        ("sales", 412, Outcome.ANSWERED, (*to_main, "sales")),
        ("support", 287, Outcome.ANSWERED, (*to_main, "support")),
        ("ticket", 96, Outcome.SELF_SERVICE, (*to_main, "ask_ticket", "find_ticket")),
        ("early", 61, Outcome.ABANDONED_IN_MENU, ("language",)),
        ("late", 128, Outcome.ABANDONED_IN_MENU, to_main),
    ):
        keep(house, *(_walked(f"{name}{n}", at, version, outcome, nodes) for n in range(count)))


def _walked(
    call: str, at: float, version: str, outcome: Outcome, nodes: Sequence[str]
) -> CallRecord:
    queued = at + 20 if outcome is Outcome.ANSWERED else None
    return replace(
        answered(1), call=call, started_at=at, ended_at=at + 60, outcome=outcome, tree=HOTLINE,
        tree_version=version, nodes=tuple(nodes), first_queued_at=queued, queue=None,
        agent=AgentId("a8001"), legs=(),
    )  # fmt: skip


def take(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLED_MS)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    FOLDER.mkdir(exist_ok=True)
    picture.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


def take_all(house: House, tell: Tell, names: Sequence[str]) -> None:
    """On a thread, beside the house."""
    furnish(house)
    given_a_talk(house)
    for name in names:
        for language in LANGUAGES:
            for scheme in SCHEMES:
                with browsing(house.base, language, scheme) as page:
                    page.set_viewport_size({"width": 1440, "height": 900})
                    FACES[name](page, house, tell)
                    take(page, f"{name}-{language}-{scheme}")
        print(name, flush=True)


def main(names: Sequence[str]) -> None:
    unknown = set(names) - FACES.keys()
    if unknown:
        raise SystemExit(
            f"no such face: {', '.join(sorted(unknown))}; there are {', '.join(FACES)}"
        )

    async def scene() -> None:
        with TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                house.server.hub.furnish(PLAN)

                def tell(*notices: object) -> None:
                    async def publish() -> None:
                        for notice in notices:
                            house.bus.publish(notice)

                    asyncio.run_coroutine_threadsafe(publish(), loop).result(5.0)

                await asyncio.to_thread(take_all, house, tell, names or list(FACES))

    loop.run_until_complete(scene())


if __name__ == "__main__":
    main(sys.argv[1:])
