"""Sessions of callers who are called back, hear announcements, are moved: what follows."""

import pytest

from calls.floor import CallbackRule, Condition, RecipeStep
from calls.fold import fold
from calls.words import Outcome, Released
from tests.hotline.stories import BARRED, NOBODY_FREE, TO_QUEUE, Stage, play, rows

pytestmark = pytest.mark.story

RULE = CallbackRule(key="2", tries=2, retry_s=20.0, ring_s=15.0)
ASKS = """
  6.0   li   presses 2
  7.0   li   presses 1
"""
READY = """
  20.0  ann  is ready
"""


def outcomes(stage: Stage) -> dict[str, Outcome | None]:
    calls = dict.fromkeys(fact.call for fact in stage.facts)
    return {
        str(call): fold([one for one in stage.facts if one.call == call]).outcome for call in calls
    }


def test_acd_30_she_asks_by_key_hangs_up_is_dialled_confirms_and_talks():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + ASKS
        + READY
        + """
         23.0  li   picks up
         24.0  li   presses 1
         25.0  ann  rings
         28.0  ann  answers
         60.0  ann  hangs up
        """,
        callback=RULE,
    )
    assert stage.table("agi", "ami", "told", "asked", since=6.0)[:12] == rows(
        """
        6.00 agi play callback-number
        7.00 told CallbackWanted en
        7.00 asked ReleaseCaller callback
        7.00 agi play callback-noted
        9.00 agi CTLDONE=1
        9.00 agi closed
        20.00 asked DialCallback sales ann o1 en
        20.00 ami Originate PJSIP/+8613812345678@trunk-city for 15 s
        23.00 agi play callback-greeting
        24.00 told CallQueued sales en li
        24.00 asked OfferCall sales ann o2 li
        24.00 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
        """
    )


def test_acd_30_one_record_a_call_with_the_link_to_the_first_and_what_she_typed():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + ASKS
        + READY
        + """
         23.0  li   picks up
         24.0  li   presses 1
         25.0  ann  rings
         28.0  ann  answers
         60.0  ann  hangs up
        """,
        callback=RULE,
    )
    first, second = (
        fold([one for one in stage.facts if one.call == call])
        for call in dict.fromkeys(fact.call for fact in stage.facts)
    )
    assert (first.outcome, first.first_call) == (Outcome.CALLBACK, None)
    assert (second.outcome, second.agent) == (Outcome.ANSWERED, "ann")
    assert (second.first_call, second.callback_attempts) == (first.call, 1)
    assert second.number == "+8613812345678"
    pop = next(one for _, column, one in stage.log if column == "screen" and "PopShown" in one)
    assert "ann" in pop


def test_p34_the_agent_sees_what_she_pressed_and_how_long_she_has_waited_since_the_first_call():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + ASKS
        + READY
        + """
         23.0  li   picks up
         24.0  li   presses 1
        """,
        callback=RULE,
    )
    pop = stage.pops[0]
    assert pop.keys[0] == "1"
    assert pop.waited_s == pytest.approx(21.5)


def test_acd_32_another_number_is_typed_read_back_and_confirmed():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + """
         6.0   li   presses 2
         7.0   li   presses 2
         8.0   li   presses 0
         8.2   li   presses 1
         8.4   li   presses 0
         8.6   li   presses #
         9.0   li   presses 1
        """
        + READY,
        callback=RULE,
    )
    assert "Originate PJSIP/+86010@trunk-city for 15 s" in stage.words("ami")
    assert [w for w in stage.words("agi") if "digits" in w or "callback" in w][1:3] == [
        "play callback-type",
        "play callback-number",
    ]


def test_acd_32_a_number_that_may_not_be_called_is_refused_and_she_waits_on():
    digits = "".join(f" {8 + n / 5:.1f} li presses {key}\n" for n, key in enumerate(BARRED + "#"))
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + " 6.0 li presses 2\n 7.0 li presses 2\n"
        + digits
        + " 14.0 li presses *\n 20.0 ann is ready\n",
        callback=RULE,
    )
    assert "play callback-not-possible" in stage.words("agi")
    assert "CallbackWanted en" not in stage.words("told")
    assert any(words.startswith("OfferCall") for words in stage.words("asked"))


def test_p29_an_agent_who_comes_free_ends_the_questions_at_once():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + """
         6.0   li   presses 2
         6.5   ann  is ready
         7.5   ann  rings
         9.0   ann  answers
        """,
        callback=RULE,
    )
    assert "6.50 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)" in stage.table("agi")
    assert stage.state_of("ann") == "talking"


def test_acd_32_a_machine_does_not_press_a_key_and_no_agent_is_rung():
    stage = play(
        NOBODY_FREE + TO_QUEUE + ASKS + READY + " 23.0 li picks up\n",
        callback=RULE,
    )
    assert not any(words.startswith("OfferCall") for words in stage.words("asked"))
    assert stage.words("told").count("OfferFailed o1 caller_left") == 1
    assert stage.words("asked")[-1].startswith("DialCallback"), "a second try"


@pytest.mark.parametrize(
    ("how", "why"),
    [("is engaged", "busy"), ("lets it ring", "rang_out"), ("is out of order", "failed")],
)
def test_acd_32_who_is_not_reached_is_tried_again(how, why):
    stage = play(
        NOBODY_FREE + TO_QUEUE + ASKS + READY + f" 25.0 li {how}\n 46.0 li {how}\n",
        callback=RULE,
    )
    assert f"OfferFailed o1 {why}" in stage.words("told")
    dials = [words for words in stage.words("asked") if words.startswith("DialCallback")]
    assert (len(dials) > 2) is (why == "failed"), "which counts for no try"
    failed = Outcome.CALLBACK_FAILED in outcomes(stage).values()
    assert failed is (why != "failed"), "the desk is told when the tries are used up"


def test_acd_31_without_a_way_out_the_agent_is_given_back_at_once():
    stage = play(NOBODY_FREE + TO_QUEUE + ASKS + READY, callback=RULE, no_way_out=True)
    assert "OfferFailed o1 failed" in stage.words("told")
    assert stage.state_of("ann") == "ready"
    assert not any(words.startswith("Originate") for words in stage.words("ami"))


def test_acd_16_a_recipe_announces_over_the_music_and_offers_to_call_back():
    steps = (
        RecipeStep(when=Condition(waited_s=5.0), announce="all-agents-busy"),
        RecipeStep(when=Condition(waited_s=10.0), offer_callback=True),
    )
    stage = play(
        NOBODY_FREE + TO_QUEUE + " 14.0 li presses 1\n 15.0 li presses 1\n",
        callback=RULE,
        recipe=steps,
    )
    assert stage.table("agi", since=7.0) == rows(
        """
        7.50 agi play all-agents-busy
        9.50 agi music
        12.50 agi play callback-offer
        14.00 agi play callback-number
        15.00 agi play callback-noted
        17.00 agi CTLDONE=1
        17.00 agi closed
        """
    )


def test_acd_16_who_does_not_want_it_waits_on_with_music():
    steps = (RecipeStep(when=Condition(waited_s=5.0), offer_callback=True),)
    stage = play(
        NOBODY_FREE + TO_QUEUE + " 8.0 li presses 2\n 20.0 ann is ready\n",
        callback=RULE,
        recipe=steps,
    )
    assert "8.00 agi music" in stage.table("agi")
    assert any(words.startswith("OfferCall") for words in stage.words("asked"))


def test_acd_38_overflow_goes_on_by_the_branch_of_the_queue_node():
    steps = (RecipeStep(when=Condition(waited_s=5.0), leave=Released.OVERFLOW),)
    stage = play(NOBODY_FREE + TO_QUEUE, recipe=steps)
    assert stage.table("fact", since=7.0)[:2] == rows(
        """
        7.50 fact QueueLeft sales overflow
        7.50 fact NodeEntered bye
        """
    )


def test_acd_30_the_controller_dies_while_she_is_at_home_and_she_is_dialled_all_the_same():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + ASKS
        + """
         12.0  controller dies
         14.0  controller starts
        """
        + READY
        + """
         23.0  li   picks up
         24.0  li   presses 1
         25.0  ann  rings
         28.0  ann  answers
        """,
        callback=RULE,
    )
    assert stage.state_of("ann") == "talking"


def test_acd_30_the_controller_dies_while_she_is_dialled_and_she_is_dialled_again():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + ASKS
        + READY
        + """
         22.0  controller dies
         23.0  controller starts
         30.0  li   picks up
         31.0  li   presses 1
         32.0  ann  rings
         33.0  ann  answers
        """,
        callback=RULE,
    )
    assert stage.words("ami").count("Originate PJSIP/+8613812345678@trunk-city for 15 s") == 2
    assert any(words.startswith("Hangup back.") for words in stage.words("ami"))
    assert stage.state_of("ann") == "talking"


def test_acd_30_who_picks_up_for_a_dial_of_a_former_controller_is_asked_to_wait():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + ASKS
        + READY
        + """
         22.0  controller dies
         22.5  li   picks up
         23.0  controller starts
         24.0  li   returns
        """,
        callback=RULE,
    )
    assert "play callback-later" in stage.words("agi")
    assert not any(words.startswith("OfferCall") for words in stage.words("asked"))
    dials = [words for words in stage.words("ami") if words.startswith("Originate")]
    assert len(dials) > 1, "and is called again"
