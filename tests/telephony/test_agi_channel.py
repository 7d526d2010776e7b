"""A session's channel: turns, keys, and what is true when the caller goes in the middle."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from calls.clock import ManualClock
from telephony.agi.channel import (
    QUICK_S,
    Channel,
    ChannelLost,
    CommandRefused,
    OutcomeUnknown,
    Raw,
    Recorded,
    RecordEnd,
)
from telephony.agi.wire import (
    AgiReader,
    EnvironmentRead,
    HangupSeen,
    Reply,
    UnfitCommand,
    split_command,
)
from tests.conftest import Run
from tests.telephony.agi_peer import arrival

pytestmark = pytest.mark.unit


class Line:
    """The other end: shows what was sent, says what Asterisk would."""

    def __init__(self) -> None:
        self.sent: list[list[str]] = []
        self.ended = ""
        self.clock = ManualClock()
        self.reader = AgiReader()
        [message] = self.reader.feed(arrival())
        assert isinstance(message, EnvironmentRead)
        self.channel = Channel(message.environment, self, self.clock)

    def write(self, data: bytes) -> None:
        self.sent.append(split_command(data.decode().rstrip("\n")))

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"

    def says(self, text: str) -> None:
        for message in self.reader.feed(text.encode() + b"\n"):
            if isinstance(message, HangupSeen):
                self.channel.hangup_seen()
            elif isinstance(message, Reply):
                self.channel.replied(message)

    async def asked(self, verb: Awaitable[object]) -> "asyncio.Future[object]":
        """Let the session ask; its answer is pending."""
        task = asyncio.ensure_future(verb)
        await settle()
        return task


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


Scene = Callable[[Line], Awaitable[None]]
Play = Callable[[Scene], Line]


@pytest.fixture
def play(run: Run) -> Play:
    def play_scene(scene: Scene) -> Line:
        async def whole() -> Line:
            line = Line()
            await scene(line)
            return line

        return run(whole())

    return play_scene


Verb = Callable[[Channel], Awaitable[object]]


def replying(verb: Verb, *replies: str) -> Callable[[Play], object]:
    """What ``verb`` comes to when Asterisk answers its commands so."""

    def outcome(play: Play) -> object:
        results: list[object] = []

        async def scene(line: Line) -> None:
            task = await line.asked(verb(line.channel))
            for reply in replies:
                line.says(reply)
                await settle()
            results.append(await task)

        play(scene)
        return results[0]

    return outcome


class TestVerbs:
    @pytest.mark.parametrize(
        ("verb", "replies", "outcome"),
        [
            (lambda c: c.play("hello"), ["200 result=0 endpos=3520"], ""),
            (lambda c: c.play("hello", "12"), ["200 result=49 endpos=80"], "1"),
            (lambda c: c.play("hello", "#"), ["200 result=35 endpos=80"], "#"),
            (lambda c: c.play("nosuch"), ["200 result=-1 endpos=0", "200 result=0"], ""),
            (lambda c: c.play_all(["a", "b"]), ["200 result=0 endpos=1"] * 2, ""),
            (lambda c: c.play_all(["a", "b"], "9"), ["200 result=57 endpos=1"], "9"),
            (lambda c: c.wait_key(1), ["200 result=0"], ""),
            (lambda c: c.wait_key(1), ["200 result=42"], "*"),
            (lambda c: c.wait_key(1), ["200 result=1000"], ""),
            (lambda c: c.get("A"), ["200 result=1 (x (y) z)"], "x (y) z"),
            (lambda c: c.get("A"), ["200 result=1 ()"], ""),
            (lambda c: c.get("A"), ["200 result=0"], ""),
            (lambda c: c.hang_up(), ["200 result=1"], None),
        ],
    )
    def test_a_verb_means_what_asterisk_answered(
        self,
        play: Play,
        verb: Verb,
        replies: list[str],
        outcome: object,
    ) -> None:
        assert replying(verb, *replies)(play) == outcome

    @pytest.mark.parametrize(
        ("reply", "outcome"),
        [
            ("200 result=0 (timeout) endpos=16000", Recorded(RecordEnd.LIMIT, 2.0)),
            ("200 result=35 (dtmf) endpos=4000", Recorded(RecordEnd.KEY, 0.5, "#")),
            ("200 result=-1 (hangup) endpos=8000", Recorded(RecordEnd.HANGUP, 1.0)),
            ("200 result=-1 (writefile)", Recorded(RecordEnd.FAILED, 0.0)),
        ],
    )
    def test_a_record_tells_how_it_ended(self, play: Play, reply: str, outcome: Recorded) -> None:
        assert replying(lambda c: c.record("f", "wav"), reply)(play) == outcome

    def test_wideband_formats_count_their_own_samples(self, play: Play) -> None:
        reply = "200 result=0 (timeout) endpos=16000"
        assert replying(lambda c: c.record("f", "wav16"), reply)(play) == Recorded(
            RecordEnd.LIMIT, 1.0
        )

    def test_what_is_sent_for_each_verb(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            channel = line.channel
            for verb in (
                channel.play("hello", "12"),
                channel.wait_key(1.5),
                channel.set("__TR_OFFER", 'a"b\\c'),
                channel.set_all({"A": 'x,"y"(z)\\', "TIMEOUT(absolute)": "9"}),
                channel.execute("Dial", "PJSIP/101", "14.9^3", Raw("gm(default)")),
                channel.execute("Answer"),
                channel.music_on(),
                channel.music_off(),
                channel.set_language("zh"),
                channel.record("f", "wav", stop_keys="#", max_s=30, silence_s=3, beep=True),
            ):
                task = await line.asked(verb)
                line.says("200 result=0")
                await task

        assert play(scene).sent == [
            ["STREAM", "FILE", "hello", "12"],
            ["WAIT", "FOR", "DIGIT", "1500"],
            ["SET", "VARIABLE", "__TR_OFFER", 'a"b\\c'],
            ["EXEC", "MSet", r"A=x\,\"y\"\(z\)\\,TIMEOUT(absolute)=9"],
            ["EXEC", "Dial", "PJSIP/101,14.9^3,gm(default)"],
            ["EXEC", "Answer", ""],
            ["SET", "MUSIC", "on", "default"],
            ["SET", "MUSIC", "off"],
            ["SET", "VARIABLE", "CHANNEL(language)", "zh"],
            ["RECORD", "FILE", "f", "wav", "#", "30000", "BEEP", "s=3"],
        ]

    def test_a_refusal_carries_its_code(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.send("SPEECH CREATE", "x"))
            line.says("510 Invalid or unknown command")
            with pytest.raises(CommandRefused) as refused:
                await task
            assert refused.value.code == 510

        play(scene)

    def test_an_unfit_command_is_not_sent_and_takes_no_turn(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            with pytest.raises(UnfitCommand):
                await line.channel.set("A", "x\nHANGUP")
            assert line.sent == []
            task = await line.asked(line.channel.get("A"))
            line.says("200 result=1 (y)")
            assert await task == "y"

        play(scene)


class TestTurns:
    def test_a_second_asker_waits_for_the_first_reply(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            first = await line.asked(line.channel.get("A"))
            second = await line.asked(line.channel.get("B"))
            assert line.sent == [["GET", "VARIABLE", "A"]]
            line.says("200 result=1 (a)")
            await settle()
            line.says("200 result=1 (b)")
            assert (await first, await second) == ("a", "b")

        play(scene)

    def test_a_cancelled_asker_still_owes_its_reply(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            first = await line.asked(line.channel.play("long"))
            first.cancel()
            second = await line.asked(line.channel.get("B"))
            assert len(line.sent) == 1
            line.says("200 result=0 endpos=9")
            await settle()
            line.says("200 result=1 (b)")
            assert await second == "b"

        play(scene)

    def test_an_asker_cancelled_before_its_turn_sends_nothing(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            first = await line.asked(line.channel.get("A"))
            (await line.asked(line.channel.play("long"))).cancel()
            third = await line.asked(line.channel.get("C"))
            line.says("200 result=1 (a)")
            await settle()
            line.says("200 result=1 (c)")
            assert (await first, await third) == ("a", "c")

        assert [one[-1] for one in play(scene).sent] == ["A", "C"]


class TestLoss:
    def test_a_hangup_while_idle_is_told_at_once_and_once(self, play: Play) -> None:
        told: list[str] = []

        async def scene(line: Line) -> None:
            line.channel.when_lost(lambda: told.append("first"))
            line.says("HANGUP")
            line.says("HANGUP")
            assert line.channel.lost
            assert line.channel.lost_event.is_set()
            line.channel.when_lost(lambda: told.append("late"))
            line.channel.connection_gone()

        play(scene)
        assert told == ["first", "late"]

    def test_after_it_nothing_is_dialled_or_played(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            line.says("HANGUP")
            for verb in (line.channel.play("a"), line.channel.execute("Dial", "PJSIP/101")):
                with pytest.raises(ChannelLost):
                    await verb

        assert play(scene).sent == []

    def test_after_it_variables_can_still_be_read_and_set(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            line.says("HANGUP")
            task = await line.asked(line.channel.get("DIALSTATUS"))
            line.says("200 result=1 (CANCEL)")
            assert await task == "CANCEL"

        play(scene)

    def test_a_command_that_crossed_with_it_fails_and_its_reply_is_dropped(
        self, play: Play
    ) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.play("a"))
            line.says("HANGUP")
            with pytest.raises(ChannelLost):
                await task
            task = await line.asked(line.channel.get("A"))
            assert line.sent[1:] == []
            line.says("511 Command Not Permitted on a dead channel or intercept routine")
            await settle()
            line.says("200 result=1 (a)")
            assert await task == "a"

        play(scene)

    def test_nobody_waits_for_an_owed_reply_to_hear_of_the_loss(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.play("a"))
            line.says("HANGUP")
            with pytest.raises(ChannelLost):
                await task
            with pytest.raises(ChannelLost):
                await line.channel.still_here()

        play(scene)

    def test_a_variable_asked_as_it_came_is_still_answered(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.get("A"))
            line.says("HANGUP")
            line.says("200 result=1 (a)")
            assert await task == "a"

        play(scene)

    def test_a_dial_ended_by_the_caller_replies_before_the_loss_is_told(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.execute("Dial", "PJSIP/101"))
            line.says("200 result=-1\nHANGUP")
            reply = await task
            assert isinstance(reply, Reply)
            assert reply.number == -1
            assert line.channel.lost

        play(scene)

    def test_a_dial_may_fail_with_the_caller_still_there(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.execute("Dial", "PJSIP/101"))
            line.says("200 result=-1")
            await task
            assert not line.channel.lost

        play(scene)

    @pytest.mark.parametrize("last", ["HANGUP", ""])
    def test_a_playback_cut_by_the_caller_leaving_is_a_loss(self, play: Play, last: str) -> None:
        """Asterisk tells of the hang-up only after the ``-1``: asked again, or by closing."""

        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.play("a"))
            line.says("200 result=-1 endpos=8000")
            await settle()
            assert line.sent[-1] == ["NOOP"]
            if last:
                line.says(last)
            else:
                line.channel.connection_gone()
            with pytest.raises(ChannelLost):
                await task

        play(scene)

    def test_the_socket_closing_fails_the_asker_and_all_who_wait(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            first = await line.asked(line.channel.execute("Dial", "PJSIP/101"))
            second = await line.asked(line.channel.get("A"))
            line.channel.connection_gone()
            for task in (first, second):
                with pytest.raises(ChannelLost):
                    await task
            with pytest.raises(ChannelLost):
                await line.channel.get("A")
            assert line.channel.lost

        play(scene)

    def test_a_listener_that_fails_stops_no_other(self, play: Play) -> None:
        told: list[str] = []

        async def scene(line: Line) -> None:
            line.channel.when_lost(lambda: 1 / 0)  # type: ignore[arg-type]
            line.channel.when_lost(lambda: told.append("second"))
            line.says("HANGUP")

        play(scene)
        assert told == ["second"]

    def test_closing_ourselves_is_no_loss(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            line.channel.close()
            line.channel.connection_gone()
            assert not line.channel.lost
            assert line.ended == "closed"
            with pytest.raises(ChannelLost):
                await line.channel.get("A")

        play(scene)

    def test_hanging_up_a_caller_who_has_gone_is_quiet(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            line.says("HANGUP")
            await line.channel.hang_up()

        play(scene)


class TestTime:
    def test_no_reply_in_time_ends_the_connection_with_the_outcome_unknown(
        self, play: Play
    ) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.set("A", "x"))
            line.clock.advance(QUICK_S - 0.1)
            await settle()
            assert not task.done()
            line.clock.advance(0.2)
            with pytest.raises(OutcomeUnknown):
                await task
            assert line.ended == "aborted"
            assert line.channel.lost
            with pytest.raises(ChannelLost):
                await line.channel.get("A")

        play(scene)

    def test_a_dial_without_limit_waits_as_long_as_the_talk_lasts(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.execute("Dial", "PJSIP/101"))
            line.clock.advance(8 * 3600)
            await settle()
            assert not task.done()
            line.says("200 result=0")
            await task

        play(scene)

    def test_a_timer_of_an_answered_command_disturbs_no_later_one(self, play: Play) -> None:
        async def scene(line: Line) -> None:
            task = await line.asked(line.channel.get("A"))
            line.says("200 result=0")
            await task
            task = await line.asked(line.channel.execute("Dial", "PJSIP/101"))
            line.clock.advance(10 * QUICK_S)
            line.says("200 result=0")
            await task
            assert line.ended == ""

        play(scene)


def test_a_channel_that_ami_says_is_gone_frees_whoever_waits_for_it(run: Run) -> None:
    async def story() -> None:
        line = Line()
        lost: list[str] = []
        line.channel.when_lost(lambda: lost.append("told"))
        dialling = await line.asked(line.channel.execute("Dial", Raw("PJSIP/d1")))
        line.channel.gone()
        line.channel.gone()
        with pytest.raises(ChannelLost):
            await dialling
        assert (line.ended, lost, line.channel.lost) == ("aborted", ["told"], True)

    run(story())
