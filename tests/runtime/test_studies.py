"""ACD-52, ACD-53, REP-15, REP-19: questions about a day, asked on the command line of a process of
their own."""

import asyncio
import json
import os
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from acd.entries import Step, decode
from acd.simulator.change import Change
from acd.simulator.poisson import Stream
from calls.clock import ManualClock
from calls.ids import CallId
from calls.journal import FLOOR
from calls.words import Language
from runtime.__main__ import threering
from runtime.site import open_site
from runtime.studies import plots, worker
from runtime.studies.book import IN_LINE, KEPT, StudyBook, StudyState, TooManyStudies
from runtime.studies.follow import StudyBroke, StudyRefused, follow
from runtime.studies.orders import (
    ExplainCall,
    Invent,
    ReplayDay,
    Staffing,
    Task,
    WhatIf,
    parse_day,
)
from runtime.studies.painter import paint
from runtime.studies.tasks import task_of
from storage.journal import SqliteJournal
from tests.acd.simulator.days import callers_of, live_through, plan_of

pytestmark = pytest.mark.integration

DAY = "2023-11-14"


@pytest.fixture(scope="module")
def lived():
    return live_through(plan_of(8, wrap_up_s=15.0), callers_of(7, 140.0))


@pytest.fixture(scope="module")
def folder(lived, tmp_path_factory):
    """A hotline's configuration, beside a journal of one day."""
    top = tmp_path_factory.mktemp("hotline")
    os.environ["THREERING_DATA"] = str(top / "var")
    try:
        site = open_site(top / "config")
        journal = SqliteJournal(site.journal, lambda fn: fn(), lambda: 0.0)
        for stream in (FLOOR, "floor_marks"):
            for _, data in lived[0].read(stream):
                journal.append(stream, data)
        journal.close()
        yield top / "config"
    finally:
        del os.environ["THREERING_DATA"]


def say(folder, *words, code=0):
    runner = CliRunner()
    command, *rest = words
    result = runner.invoke(threering, [command, "--config", str(folder), *rest])
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout


def a_call(lived, at_least=2):
    counts = {}
    for _, data in lived[0].read(FLOOR):
        entry = decode(data)
        for why in entry.why if isinstance(entry, Step) else ():
            counts[why.call] = counts.get(why.call, 0) + 1
    return max(counts, key=counts.get)


def test_acd_52_explain_says_each_offer_in_both_languages(folder, lived):
    call = a_call(lived)
    zh = say(folder, "explain", call, "--lang", "zh-CN")
    en = say(folder, "explain", call, "--lang", "en")
    assert "第 1 次" in zh
    assert "第 2 次" in zh
    assert "空闲" in zh
    assert "attempt 2" in en
    told = json.loads(say(folder, "explain", call, "--json"))
    assert len(told["offers"]["offers"]) >= 2
    assert told["waiting"] is None


def test_a_call_nobody_knows_is_said_so(folder):
    result = CliRunner().invoke(threering, ["explain", "--config", str(folder), "没有"])
    assert isinstance(result.exception, StudyRefused)
    assert "没有" in str(result.exception)


def test_acd_53_replay_says_that_nothing_differs(folder):
    assert "all the same, byte for byte" in say(folder, "replay", DAY)
    assert json.loads(say(folder, "replay", DAY, "--json"))["differing"] == 0


@pytest.mark.parametrize("day", ["2020-02-02", "yesterday"])
def test_a_day_nobody_kept_is_said_so(folder, day):
    result = CliRunner().invoke(threering, ["replay", "--config", str(folder), day])
    assert "the journal holds nothing of that time" in str(result.exception)


@pytest.mark.parametrize("day", ["2023-02-30", "", "last week", "20231114x"])
def test_a_day_that_is_none_is_refused(folder, day):
    result = CliRunner().invoke(threering, ["replay", "--config", str(folder), day])
    assert "write 2026-11-24, today or yesterday" in str(result.exception)


def test_rep_19_what_if_shows_the_real_day_beside_the_other(folder, tmp_path):
    plots = tmp_path / "图"
    words = ["--ring", "2", "--agents", "+2", "--runs", "1", "--plot", str(plots), "--lang", "en"]
    out = say(folder, "whatif", DAY, *words)
    for text in ("the real day", "simulated", "service level", "occupancy", "p95"):
        assert text in out
    assert (plots / "study.png").read_bytes().startswith(b"\x89PNG")
    page = (plots / "study.html").read_text()
    assert "data:image/png;base64," in page
    assert "the real day" in page
    found = json.loads(say(folder, "whatif", DAY, "--agents", "2", "--runs", "1", "--json"))
    base, more = (one["figures"]["all"]["service_level"] for one in found["variants"])
    assert more > base
    assert found["real"]["all"]["calls"] == found["variants"][0]["figures"]["all"]["calls"]


def test_a_plot_without_a_chinese_font_is_in_english(folder, tmp_path, monkeypatch):
    """A glyph that cannot be drawn is a warning, and a warning fails this test."""
    monkeypatch.setattr(plots, "FONTS", ())
    plan = tmp_path / "plan.yaml"
    plan.write_text(f"day: {DAY}\nruns: 1\nvariants:\n  两声: {{rings: 2}}\n")
    say(folder, "simulate", str(plan), "--lang", "zh-CN", "--plot", str(tmp_path / "out"))
    assert (tmp_path / "out" / "study.png").stat().st_size > 10_000
    assert "两声" in (tmp_path / "out" / "study.html").read_text()


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["--ring", "99"], "variants[1].rings"),
        (["--agents", "-8"], "variants[1].agents"),
        (["--skill", "klingon=+1"], "variants[1].skills.klingon"),
        (["--skill", "klingon"], "--skill"),
        (["--runs", "0"], "runs"),
    ],
)
def test_a_change_with_a_mistake_is_refused_with_its_path(folder, words, path):
    result = CliRunner().invoke(threering, ["whatif", "--config", str(folder), DAY, *words])
    assert result.exit_code != 0
    assert path in str(result.exception)


def test_simulate_runs_a_plan_and_a_day_made_up(folder, tmp_path):
    plan = tmp_path / "plan.yaml"
    variants = "variants:\n  两声: {rings: 2}\n  三人: {agents: +3}\n"
    plan.write_text(f"day: {DAY}\nruns: 1\n{variants}")
    out = say(folder, "simulate", str(plan), "--lang", "zh-CN")
    assert "两声" in out
    assert "三人" in out
    assert "服务水平" in out
    assert "真实的一天" in out


def test_a_day_made_up_is_of_the_floor_configured_now(folder, tmp_path):
    floor = folder / "floor.yaml"
    before = floor.read_text()
    floor.write_text(
        "queues:\n  sales: {}\nagents:\n"
        + "".join(
            f"  a{n}: {{staff_number: '80{n}', queues: {{sales: 1}}, devices: {{d{n}: desk}}}}\n"
            for n in range(4)
        )
    )
    try:
        plan = tmp_path / "plan.yaml"
        plan.write_text("hours: 2\nruns: 1\nload:\n  sales: {calls_an_hour: 60, talk_s: 120}\n")
        found = json.loads(say(folder, "simulate", str(plan), "--json"))
        assert 80 < found["variants"][0]["figures"]["all"]["calls"] < 160
        assert found["real"] is None
        plan.write_text("load:\n  support: {calls_an_hour: 60}\n")
        words = ["simulate", "--config", str(folder), str(plan)]
        refused = CliRunner().invoke(threering, words)
        assert "load[1].queue" in str(refused.exception)
    finally:
        floor.write_text(before)


def test_rep_15_staffing_prints_agents_for_each_quarter(folder):
    out = say(folder, "staffing", DAY)
    assert "Erlang A" in out
    assert "08:00" in out
    needs = json.loads(say(folder, "staffing", f"{DAY}..2023-11-16", "--json"))
    assert [one["queue"] for one in needs] == ["sales", "service"]
    assert needs[0]["days"] == 1


def test_an_order_with_a_wrong_span_or_target_is_refused(folder):
    for words in (["2023-11-14..2023-11-13"], [DAY, "--target", "80"], ["2023-01-01..2023-12-31"]):
        result = CliRunner().invoke(threering, ["staffing", "--config", str(folder), *words])
        assert "does not fit" in str(result.exception)


def test_progress_is_heard_and_the_process_ends_with_who_asks(folder):
    async def scenario():
        task = task_of(open_site(folder), WhatIf(day=_date(), variants=(), runs=2))
        shares = []
        await follow(task, shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        asked = asyncio.ensure_future(follow(task, lambda share: None))
        await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    asyncio.run(scenario())


def _date():
    return parse_day(DAY, ZoneInfo("Asia/Shanghai"), 0.0)


def made_up(floor, **order):
    stream = Stream(queue="sales", calls_an_hour=30.0, talk_s=60.0)
    return worker.answer(
        Task(
            order=Invent(hours=1.0, load=(stream,), runs=1, **order),
            journal="",
            zone="Asia/Shanghai",
            floor=floor,
        ),
        lambda share: None,
    )


def test_rep_19_a_process_of_its_own_draws_what_was_found_in_both_languages():
    found = made_up(plan_of(3), variants=(Change(name="<b>多一人</b>", agents=1),))
    pictures = asyncio.run(paint("Asia/Shanghai", found))
    assert set(pictures) == set(Language)
    assert all(one.startswith(b"\x89PNG") and len(one) > 10_000 for one in pictures.values())


def test_an_answer_that_could_not_be_drawn_is_there_all_the_same():
    found = made_up(plan_of(3))

    async def scenario():
        async def ask(order, heard):
            return found

        async def draw(what):
            raise StudyBroke("no canvas")

        book = StudyBook(ask, draw, ManualClock(5.0).now)
        study = book.start(WhatIf(day=_date()), "boss")
        for _ in range(10):
            await asyncio.sleep(0)
        assert (study.state, study.result) == (StudyState.DONE, found)
        assert book.picture(study.id, Language.EN) is None

    asyncio.run(scenario())


def test_the_book_runs_one_after_the_other_and_says_how_each_ended():
    async def scenario():
        gates = []

        async def ask(order, heard):
            if isinstance(order, ExplainCall):
                raise StudyRefused("no such call")
            if isinstance(order, Staffing):
                raise StudyBroke("it died")
            gate = asyncio.Event()
            gates.append(gate)
            heard(0.25)
            await gate.wait()
            return ()

        async def draw(found):
            raise AssertionError("nothing here can be drawn")

        book = StudyBook(ask, draw, ManualClock(5.0).now)
        first, second = (book.start(ReplayDay(day=_date()), "boss") for _ in range(2))
        refused = book.start(ExplainCall(call=CallId("x")), "boss")
        broke = book.start(Staffing(day=_date()), "boss")
        for _ in range(5):
            await asyncio.sleep(0)
        assert (first.state, first.share, second.state) == (
            StudyState.RUNNING,
            0.25,
            StudyState.WAITING,
        )
        gates[0].set()
        for _ in range(10):
            await asyncio.sleep(0)
        assert (first.state, second.state) == (StudyState.DONE, StudyState.RUNNING)
        book.cancel(second.id)
        for _ in range(20):
            await asyncio.sleep(0)
        assert second.state is StudyState.CANCELLED
        assert (refused.state, refused.why) == (StudyState.REFUSED, "no such call")
        assert (broke.state, broke.why) == (StudyState.BROKE, "it died")
        assert [one.id for one in book.all()] == [broke.id, refused.id, second.id, first.id]
        for _ in range(IN_LINE + 1):
            book.start(ReplayDay(day=_date()), "boss")
        with pytest.raises(TooManyStudies):
            book.start(ReplayDay(day=_date()), "boss")
        await book.stop()
        for _ in range(KEPT + 5):
            book.start(ExplainCall(call=CallId("x")), "boss")
            for _ in range(5):
                await asyncio.sleep(0)
        assert len(book.all()) <= KEPT + 1

    asyncio.run(scenario())
