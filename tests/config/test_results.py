"""What agents say of a call, as floor.yaml has it: codes below codes, and the script."""

import pytest

from config.results import DEEPEST, LONGEST_SCRIPT
from tests.config.test_floor import good, read

pytestmark = pytest.mark.unit


def queue(text: str) -> str:
    return f"queues: {{sales: {{{text}}}}}"


def nested(levels: int) -> str:
    inner = "{}"
    for _ in range(levels - 1):
        inner = f"{{below: {{code: {inner}}}}}"
    return queue(f"dispositions: {{code: {inner}}}")


def test_codes_stand_below_codes_and_have_a_name_in_each_language() -> None:
    text = "dispositions: {lost: {en: Lost, below: {price: {zh-CN: 价格, en: Price}}}}"
    [lost] = good(queue(text)).queues[0].dispositions
    assert (lost.names, [*lost.leaves()]) == ({"en": "Lost"}, ["lost/price"])
    [deep] = good(nested(DEEPEST)).queues[0].dispositions
    assert [*deep.leaves()] == ["/".join(["code"] * DEEPEST)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (nested(DEEPEST + 1), "too deep"),
        (queue('dispositions: {sold: {en: "Sold\\u202e"}}'), "cannot be shown as it is"),
        (queue("dispositions: {Sold: {}}"), "is no name of a disposition"),
        (queue(f"script: {{opening: {{en: {'x' * (LONGEST_SCRIPT + 1)}}}}}"), "2001 characters"),
        (queue("disposition_required: true"), "there are none"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    _, problems = read(text)
    assert any(said in one for one in problems), problems


def test_a_script_is_kept_by_part_and_language_and_what_is_empty_is_not() -> None:
    text = "script: {opening: {zh-CN: 您好, en: ''}, closing: {en: ' Bye '}}"
    script = good(queue(text)).queues[0].script
    assert script == {"opening": {"zh-CN": "您好"}, "closing": {"en": "Bye"}}
