"""Forms as documents: checked, filled in, asked for by a ticket's state, set as a page."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from calls.clock import ManualClock
from calls.ids import TicketId
from calls.rights import Who
from calls.words import Language, Role
from config.forms_shipped import shipped_forms
from storage.database import Database
from storage.offload import Offload
from storage.worker import Worker
from tests.tickets.house import MONDAY_9, House, talked
from tickets.changes import Reply
from tickets.forms.model import data_mistakes, document_mistakes, missing, shown
from tickets.forms.pdf import form_pdf
from tickets.forms.service import FilledChanged, FormRefused, Forms, NoSuchForm
from tickets.model import Channel, FormLacks, NoSuchTicket, TicketState

pytestmark = pytest.mark.contract

ONE = TicketId("1")
LI = Who(person="li", name="李", roles=(Role.AGENT,))
ZHAO = Who(person="zhao", name="赵", roles=(Role.DEPARTMENT,), departments=("technology",))
SHIPPED = shipped_forms()
FIELD = {"type": "string", "x-names": {"zh-CN": "甲", "en": "A"}}
FORM = {"type": "object", "x-names": {"zh-CN": "表", "en": "Form"}, "properties": {"a": FIELD}}
RunIt = Callable[..., Any]


@pytest.fixture
def house(database: Database) -> House:
    made = House(database)
    made.ask(talked("cn1-1"))
    made.work()
    return made


@pytest.fixture
def forms(house: House) -> Forms:
    clock = ManualClock(MONDAY_9)
    made = Forms(house.store, Offload(2), Worker(clock), clock)
    made.ship(SHIPPED)
    return made


def test_every_form_we_ship_is_well_made_and_the_six_are_there() -> None:
    for id_, document in SHIPPED.items():
        assert document_mistakes(document) == [], id_
    names = {document["x-names"]["zh-CN"] for document in SHIPPED.values()}
    assert names == {
        "客户问题处理表",
        "客户咨询记录表",
        "客户回访记录表",
        "客户投诉登记表",
        "有效新会员注册统计表",
        "有效求购信息统计表",
    }


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"properties": {}}, "", "form_no_fields"),
        ({"type": "array"}, "", "form_no_fields"),
        ({"properties": {"A b": FIELD}}, "A b", "form_field_name"),
        ({"properties": {"a": {**FIELD, "type": "object"}}}, "a", "form_field_kind"),
        ({"properties": {"a": {"type": "string"}}}, "a", "form_no_name"),
        ({"x-names": {"en": "only"}}, "", "form_no_name"),
        ({"x-required": {"lost": ["a"]}}, "x-required", "form_no_state"),
        ({"x-required": {"closed": ["b"]}}, "b", "form_no_field"),
        ({"properties": {"a": {**FIELD, "minimum": "x"}}}, "properties.a.minimum",
         "form_no_schema"),
        ({"properties": {f"a{n}": FIELD for n in range(101)}}, "", "form_too_large"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_form_is_told_with_its_place(
    change: dict[str, Any], field: str, code: str
) -> None:
    first = document_mistakes({**FORM, **change})[0]
    assert (first.field, first.code) == (field, code)


def test_what_is_filled_in_is_checked_and_what_is_missing_waits_for_the_state() -> None:
    form = SHIPPED["follow-up"]
    assert data_mistakes(form, {"score": 5, "date": "2026-12-01", "reached": "yes"}) == []
    wrong = data_mistakes(form, {"score": 9, "reached": "perhaps", "date": "soon", "extra": 1})
    assert sorted(one.field for one in wrong) == ["date", "extra", "reached", "score"]
    assert missing(form, {"reached": "yes", "agent": ""}, TicketState.CLOSED) == ["date", "agent"]
    assert missing(form, {}, TicketState.OPEN) == []
    assert shown(form["properties"]["reached"], "yes", Language.ZH) == "是"


def test_a_ticket_comes_into_no_state_before_its_forms_are_filled_in(
    house: House, forms: Forms, run: RunIt
) -> None:
    told = Reply(Channel.PHONE, "x")
    run(forms.fill("customer-problem", ONE, {"type": "technical", "problem": "断线"}, 0, LI))
    with pytest.raises(FormLacks) as lacks:
        house.change(reply=told, state=TicketState.RESOLVED)
    assert lacks.value.fields == ["solution", "handler"]
    data = {"type": "technical", "problem": "断线", "solution": "换线", "handler": "li"}
    run(forms.fill("customer-problem", ONE, data, 1, LI))
    assert house.change(reply=told, state=TicketState.RESOLVED).state == "resolved"
    (entry,) = [one for one in house.tickets()[0].entries if "换线" in one.text]
    assert entry.text == "客户问题处理表: 技术; 断线; 换线; li"


def test_who_fills_in_an_old_copy_sees_what_the_other_wrote(forms: Forms, run: RunIt) -> None:
    first = run(forms.fill("consultation", ONE, {"question": "a"}, 0, LI))
    with pytest.raises(FilledChanged) as changed:
        run(forms.fill("consultation", ONE, {"question": "b"}, 0, LI))
    assert changed.value.now == first
    assert run(forms.of_ticket(ONE, LI)) == [first]


def test_versions_never_change_and_what_was_begun_on_one_is_finished_on_it(
    forms: Forms, run: RunIt
) -> None:
    filled = run(forms.fill("consultation", ONE, {"question": "a"}, 0, LI))
    second = run(forms.publish("consultation", FORM, 1, LI))
    assert (second.number, run(forms.get("consultation", None))) == (2, second)
    assert run(forms.get("consultation", 1)).document == SHIPPED["consultation"]
    again = run(forms.fill("consultation", ONE, {"answer": "b"}, filled.version, LI))
    assert again.number == 1
    with pytest.raises(FormRefused, match="form_published"):
        run(forms.publish("consultation", FORM, 1, LI))
    with pytest.raises(FormRefused, match="form_no_fields"):
        run(forms.publish("consultation", {"type": "object"}, 2, LI))
    forms.ship(SHIPPED)
    assert run(forms.get("consultation", None)) == second


def test_a_days_statistics_stand_by_themselves(forms: Forms, run: RunIt) -> None:
    filled = run(forms.fill("new-members", None, {"phone": 3, "valid": 2}, 0, LI))
    assert run(forms.of_form("new-members", 10)) == [filled]
    with pytest.raises(FormRefused):
        run(forms.fill("new-members", None, {"phone": -1}, 0, LI))
    with pytest.raises(NoSuchForm):
        run(forms.fill("none", None, {}, 0, LI))


def test_forms_of_another_department_are_nobodys_business(forms: Forms, run: RunIt) -> None:
    filled = run(forms.fill("consultation", ONE, {"question": "a"}, 0, LI))
    with pytest.raises(NoSuchTicket):
        run(forms.of_ticket(ONE, ZHAO))
    with pytest.raises(NoSuchTicket):
        run(forms.pdf(filled.id, Language.ZH, ZHAO))
    with pytest.raises(NoSuchTicket):
        run(forms.fill("consultation", ONE, {"question": "b"}, 1, ZHAO))


def test_the_page_has_chinese_letters_and_takes_a_customers_words_as_words() -> None:
    data = json.dumps({"problem": "<b>断线</b> & <script>\n第二行", "type": "technical"})
    page = form_pdf(json.dumps(SHIPPED["customer-problem"]), data, Language.ZH, "#1 · li")
    assert page.startswith(b"%PDF-1.")
    assert b"/Font" in page
    assert len(page) > 3_000
