"""A caller's session in the menu, waiting and leaving: stories of all that must follow."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from calls.floor import Relaxation
from calls.ids import QueueId
from hotline.visit import STEP_S
from ivr import model
from tests.acd.scene import needs
from tests.hotline.stories import NOBODY_FREE, TO_QUEUE, play, rows
from tests.hotline.story_house import TREE

pytestmark = pytest.mark.story


def test_the_exit_key_leads_to_voicemail_but_the_menus_own_key_is_none():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + """
         4.0  li   presses 9
         9.0  li   presses 1
        """
    )
    assert stage.table("agi", "told", "asked", "fact", "audio", since=2.5) == rows(
        """
        2.50 fact KeysPressed 1 menu
        2.50 fact NodeEntered sales
        2.50 fact QueueJoined sales
        2.50 told CallQueued sales en li
        2.50 agi music
        9.00 told CallerLeft exit_key li
        9.00 fact QueueLeft sales exit_key
        9.00 fact NodeEntered message
        9.00 agi play message
        11.00 agi record
        19.00 fact VoicemailLeft 8.0
        19.00 audio message kept
        19.00 fact NodeEntered bye
        19.00 agi CTLDONE=1
        19.00 fact CallEnded system done
        19.00 agi closed
        """
    )


def test_keys_typed_ahead_during_the_consent_count_in_the_menu():
    stage = play(
        """
         0.0  li   calls
         1.0  li   presses 1
         3.0  li   hangs up
        """
    )
    assert stage.table("agi", "fact") == rows(
        """
        0.00 fact CallArrived
        0.00 fact NodeEntered consent
        0.00 agi play told
        2.00 fact ConsentAsked True
        2.00 fact NodeEntered menu
        2.00 fact KeysPressed 1 menu
        2.00 fact NodeEntered sales
        2.00 fact QueueJoined sales
        2.00 fact OfferMade sales ann o1
        2.00 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
        3.00 fact QueueLeft sales hung_up
        3.00 fact OfferMissed o1 caller_left
        3.00 fact CallEnded caller
        """
    )


def test_an_offer_cuts_the_announcement_of_her_place():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + """
        13.0  ben  is ready
        13.05 ben  rings
        14.0  ben  answers
        20.0  ben  hangs up
        21.0  li   hangs up
        """,
        announce_every_s=10.0,
    )
    assert stage.table("agi", "ami", "asked", since=2.5) == rows(
        """
        2.50 agi music
        12.50 asked TellPlace 1 li
        12.50 agi play place-1
        13.00 asked OfferCall sales ben o1 li
        13.00 ami ControlPlayback PJSIP/li
        13.00 agi Dial PJSIP/ben-desk,14.90^3.00,gm(default)A(:staff-8001)
        20.00 agi play rate
        """
    )


def test_a_look_up_that_is_too_late_takes_the_fallback():
    stage = play(
        """
         0.0  li   calls
         2.5  li   presses 2
         4.0  li   hangs up
        """,
        look_up_s=1.0,
    )
    assert stage.table("agi", "fact", since=2.5) == rows(
        """
        2.50 fact KeysPressed 2 menu
        2.50 fact NodeEntered account
        2.80 fact NodeEntered sorry
        2.80 agi play sorry
        4.00 fact CallEnded caller
        """
    )


def test_a_full_queue_lets_her_go_on_in_the_tree():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + """
         2.6  wang calls
         5.0  wang presses 1
         6.0  li   hangs up
        """,
        max_waiting=1,
    )
    assert stage.table("agi", "told", "asked", "fact", since=4.9) == rows(
        """
        5.00 fact KeysPressed 1 menu
        5.00 fact NodeEntered sales
        5.00 fact QueueJoined sales
        5.00 told CallQueued sales en wang
        5.00 asked ReleaseCaller full
        5.00 fact QueueLeft sales overflow
        5.00 fact NodeEntered bye
        5.00 agi CTLDONE=1
        5.00 fact CallEnded system done
        5.00 agi closed
        6.00 told CallerLeft hung_up li
        6.00 fact QueueLeft sales hung_up
        6.00 fact CallEnded caller
        """
    )


@pytest.mark.parametrize(("after_the_beep_s", "kept"), [(0.5, False), (4.0, True)])
def test_hanging_up_ends_a_message_and_keeps_it_unless_nothing_was_said(
    after_the_beep_s: float, kept: bool
):
    stage = play(f"{NOBODY_FREE} {TO_QUEUE} 9.0 li presses 1\n {11 + after_the_beep_s} li hangs up")
    assert any(words.startswith("VoicemailLeft") for words in stage.words("fact")) is kept
    assert ("message kept" in stage.words("audio")) is kept
    assert stage.words("fact")[-1] == "CallEnded caller"


def test_who_waits_long_is_not_taken_for_forgotten():
    stage = play(NOBODY_FREE + TO_QUEUE + "2000.0 li hangs up")
    allowed = stage.asterisk.lines["li"].allowed
    assert all(two - one < STEP_S for one, two in pairwise(allowed))
    assert allowed[-1] > 2000.0 - STEP_S + stage.began_at


def test_a_session_that_breaks_gives_the_agent_back_and_the_caller_to_the_dialplan():
    stage = play(
        """
         0.0  asterisk refuses Dial
        """
        + TO_QUEUE
        + """
         2.6  asterisk obeys again
         4.5  li   returns
         4.54 ann  rings
         5.0  ann  answers
         9.0  ann  hangs up
        10.0  li   hangs up
        """,
        failures=["CommandRefused"],
    )
    assert stage.table("agi", "told", "asked", "fact", since=2.5) == rows(
        """
        2.50 fact KeysPressed 1 menu
        2.50 fact NodeEntered sales
        2.50 fact QueueJoined sales
        2.50 told CallQueued sales en li
        2.50 asked OfferCall sales ann o1 li
        2.50 fact OfferMade sales ann o1
        2.50 fact OfferMissed o1 failed
        2.50 told OfferFailed o1 failed
        2.50 asked OfferCall sales ben o2 li
        2.50 told OfferFailed o2 failed
        4.50 asked OfferCall sales ann o3 li
        4.50 fact SessionResumed sales
        4.50 fact QueueJoined sales
        4.50 told CallQueued sales en li
        4.50 asked WithdrawOffer o3
        4.50 asked OfferCall sales ann o4 li
        4.50 fact OfferMade sales ann o4
        4.50 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
        4.54 told OfferRang o4
        4.54 fact PhoneRang o4
        5.00 told OfferAnswered o4
        5.00 fact CallAnswered ann o4 1
        6.50 fact TalkBegan o4
        9.00 fact TalkFinished o4 agent
        9.00 told TalkEnded o4 agent
        9.00 fact NodeEntered survey
        9.00 agi play rate
        10.00 fact CallEnded caller
        """
    )


def test_acd_10_what_her_tree_asks_for_relaxes_while_she_waits_also_past_a_dead_controller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asks = model.Queue(
        queue=QueueId("sales"),
        next="survey",
        otherwise="bye",
        needs=needs(english=3),
        relax=(Relaxation(after_s=20.0, needs=needs(english=0)),),
    )
    tree = replace(TREE, nodes={**TREE.nodes, "sales": asks})
    monkeypatch.setattr("tests.hotline.stories.VERSION", SimpleNamespace(hash="v1", tree=tree))
    stage = play(
        TO_QUEUE
        + """
        10.0  controller dies
        12.0  controller starts
        13.0  li   returns
        23.0  ann  rings
        25.0  ann  answers
        30.0  li   hangs up
        """
    )
    assert stage.table("asked") == rows(
        """
        22.50 asked ChangeCaller
        22.50 asked OfferCall sales ann o1 li
        """
    )
    changed = [fact for fact in stage.facts if type(fact).__name__ == "WaitChanged"]
    assert [fact.step for fact in changed] == ["*:20:english=0"]


def test_an_offer_on_its_way_while_she_leaves_the_queue_and_comes_again_rings_no_phone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = model.Queue(
        queue=QueueId("sales"), next="survey", otherwise="bye", branches={"exit_key": "sorry"}
    )
    tree = replace(TREE, nodes={**TREE.nodes, "sales": again})
    monkeypatch.setattr("tests.hotline.stories.VERSION", SimpleNamespace(hash="v1", tree=tree))
    stage = play(
        TO_QUEUE
        + """
         3.5  li   presses 1
        10.0  ann  rings
        12.0  li   hangs up
        """,
        agents=("ann",),
        line_s=3.5,
    )
    assert stage.table("told", "asked", "agi", since=2.5) == rows(
        """
        2.50 told CallQueued sales en li
        2.50 asked OfferCall sales ann o1 li
        2.50 agi music
        3.50 told CallerLeft exit_key li
        3.50 asked WithdrawOffer o1
        3.50 agi play sorry
        5.50 told CallQueued sales en li
        5.50 asked OfferCall sales ann o2 li
        5.50 agi music
        9.00 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
        10.00 told OfferRang o2
        12.00 told CallerLeft hung_up li
        12.00 asked WithdrawOffer o2
        """
    )
    assert stage.edge.counts.late_offers == 1
