"""Voices kept and asked for, on every database."""

import pytest

from calls.ids import AgentId, CallId, DeviceId
from calls.voice import Voice, Way
from cti.voice_sql import SqlVoices
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract
WANG, LI = AgentId("wang"), AgentId("li")


@pytest.fixture(params=KINDS)
def voices(request: pytest.FixtureRequest, new_database: NewDatabase) -> SqlVoices:
    return SqlVoices(new_database(request.param))


def voice(channel: str, agent: AgentId | None, score: float | None, at: float = 10.0) -> Voice:
    way = Way(packets=500, loss=1.5, jitter_ms=4.0, score=score)
    return Voice(
        call=CallId("east-1"),
        channel=channel,
        at=at,
        agent=agent,
        device=DeviceId("d1") if agent else None,
        came=way,
        went=Way(packets=500, loss=0.5, jitter_ms=9.0, score=score),
        round_trip_ms=20.0,
    )


def test_each_leg_is_kept_once_and_a_call_has_all_of_its_own(voices: SqlVoices) -> None:
    legs = [voice("1.2", WANG, 80.0, 9.0), voice("1.1", None, 88.0)]
    voices.keep(legs)
    voices.keep(legs)
    voices.keep([])
    assert list(voices.of_call(CallId("east-1"))) == legs
    assert voices.of_call(CallId("other")) == ()


def test_agents_by_their_voice_worst_first_of_what_was_measured(voices: SqlVoices) -> None:
    voices.keep(
        [
            voice("1", WANG, 80.0),
            voice("2", WANG, 60.0),
            voice("3", LI, 50.0),
            voice("4", LI, None),
            voice("5", None, 1.0),
            voice("6", WANG, 1.0, at=4.0),
        ]
    )
    worst, better = voices.of_agents(5.0)
    assert (worst.agent, worst.talks, worst.score, worst.worst) == (LI, 1, 50.0, 50.0)
    assert (better.agent, better.talks, better.score, better.worst) == (WANG, 2, 70.0, 60.0)
    assert (better.loss, better.jitter_ms, better.round_trip_ms) == (1.5, 9.0, 20.0)
