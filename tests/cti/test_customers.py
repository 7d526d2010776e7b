"""One suite for every place customers are kept, and what a look-up makes of what is there."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from calls.ids import CustomerId
from calls.words import Language, Level
from cti.memory import MemoryCustomers
from cti.model import Customer, CustomerNumber, Found
from cti.numbers import read_number
from cti.ports import MAX_OWNERS, CustomerStore
from cti.service import Customers, UnknownCustomer, new_customer_id
from cti.sql_store import SqlCustomers
from storage.offload import Offload
from tests.conftest import Run
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract


class Here:
    """Work done at once, on the spot."""

    async def run(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, new_database: NewDatabase) -> CustomerStore:
    if request.param == "memory":
        return MemoryCustomers()
    return SqlCustomers(new_database(request.param))


def customer(id_: str, name: str, *numbers: str, **rest: Any) -> Customer:
    return Customer(
        id=CustomerId(id_),
        name=name,
        numbers=tuple(CustomerNumber(number) for number in sorted(numbers)),
        **rest,
    )


WANG = customer(
    "1",
    "王芳",
    "+8613812345678",
    "+861062345678",
    company="华信",
    level=Level.GOLD,
    language=Language.ZH,
    region="北京",
    note="老客户",
)


def keep(store: CustomerStore, *customers: Customer) -> None:
    with store.writing() as rows:
        rows.put(customers, 1.0)


def find(store: CustomerStore, written: str) -> Found:
    service = Customers(store, Here(), lambda: 2.0)
    return asyncio.run(service.find(read_number(written)))


def test_a_customer_comes_back_as_she_was_kept(store: CustomerStore) -> None:
    keep(store, WANG)
    with store.reading() as rows:
        assert rows.get([WANG.id, CustomerId("nobody")]) == {WANG.id: WANG}
        assert rows.count() == 1


def test_keeping_her_again_replaces_what_was_kept_numbers_included(store: CustomerStore) -> None:
    keep(store, WANG)
    newer = customer("1", "王芳芳", "+8613900000000")
    keep(store, newer)
    with store.reading() as rows:
        assert rows.get([WANG.id])[WANG.id] == newer
        assert rows.holders(["+8613812345678", "+8613900000000"]) == {"+8613900000000": ("1",)}


def test_one_owner_of_the_very_number_is_sure_and_routes_the_call(store: CustomerStore) -> None:
    keep(store, WANG)
    found = find(store, "138 1234 5678")
    (match,) = found.matches
    assert (match.customer, match.name, match.company, match.sure) == ("1", "王芳", "华信", True)
    assert found.person is not None
    assert (found.person.customer, found.person.level) == ("1", Level.GOLD)
    assert found.person.language is Language.ZH


def test_a_shared_number_offers_all_its_owners_better_levels_first_and_routes_nobody(
    store: CustomerStore,
) -> None:
    keep(
        store,
        customer("1", "陈", "+861088886666"),
        customer("2", "白", "+861088886666"),
        customer("3", "赵", "+861088886666", level=Level.VIP),
    )
    found = find(store, "010-88886666")
    assert [(m.name, m.sure) for m in found.matches] == [
        ("赵", False),
        ("白", False),
        ("陈", False),
    ]
    assert found.person is None


def test_a_number_marked_shared_is_never_sure_though_one_owner_is_known(
    store: CustomerStore,
) -> None:
    switchboard = CustomerNumber("+861088886666", label="801", shared=True)
    keep(store, Customer(CustomerId("1"), "陈", numbers=(switchboard,)))
    found = find(store, "01088886666")
    assert [m.sure for m in found.matches] == [False]
    assert found.person is None


def test_a_number_kept_without_its_area_code_is_offered_unsure(store: CustomerStore) -> None:
    keep(store, customer("1", "陈", "62345678"), customer("2", "白", "+862162345678"))
    found = find(store, "01062345678")
    assert [(m.customer, m.sure) for m in found.matches] == [("1", False)]
    assert found.person is None


def test_two_similar_numbers_of_one_customer_make_one_match(store: CustomerStore) -> None:
    keep(store, customer("1", "陈", "62345678", "01062345678"))
    assert len(find(store, "+861062345678").matches) == 1


@pytest.mark.parametrize("written", ["", "anonymous", "abc", "13900000000", "8001"])
def test_hidden_malformed_and_unknown_callers_match_nobody(
    store: CustomerStore, written: str
) -> None:
    keep(store, WANG, customer("2", "无号", ""))
    assert find(store, written) == Found()


def test_an_extension_of_the_house_is_matched_exactly_and_never_by_its_tail(
    store: CustomerStore,
) -> None:
    keep(store, customer("1", "前台", "8001"), customer("2", "后台", "18001"))
    assert [m.customer for m in find(store, "8001").matches] == ["1"]


def test_a_number_with_a_crowd_behind_it_is_answered_within_its_limit(
    store: CustomerStore,
) -> None:
    keep(store, *(customer(f"{i:03}", f"客{i}", "+861088886666") for i in range(MAX_OWNERS + 20)))
    assert len(find(store, "01088886666").matches) == 10


def test_a_unit_of_work_that_fails_leaves_nothing_behind(store: CustomerStore) -> None:
    keep(store, WANG)

    def break_off() -> None:
        with store.writing() as rows:
            rows.put([customer("2", "半途", "+8613900000000")], 1.0)
            rows.remove(WANG.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with store.reading() as rows:
        assert rows.count() == 1
        assert rows.holders(["+8613812345678"]) == {"+8613812345678": ("1",)}


def test_hostile_text_is_kept_as_text(store: CustomerStore) -> None:
    nasty = "'; DROP TABLE customers; -- % _ \\ \u0000"[:-1] + "😀"
    keep(store, customer(nasty, nasty, "+8613812345678", note=nasty * 50))
    with store.reading() as rows:
        assert rows.get([CustomerId(nasty)])[CustomerId(nasty)].name == nasty
        assert [c.name for c in rows.search(nasty[:5], None, 10)] == [nasty]


def test_more_ids_and_numbers_than_one_question_holds_are_all_answered(
    store: CustomerStore,
) -> None:
    keep(store, *(customer(f"{i:04}", "客", f"+86138{i:08}") for i in range(1200)))
    with store.reading() as rows:
        assert len(rows.get(CustomerId(f"{i:04}") for i in range(1200))) == 1200
        assert len(rows.holders(f"+86138{i:08}" for i in range(1200))) == 1200


def test_customers_are_paged_by_the_beginning_of_their_names(store: CustomerStore) -> None:
    keep(store, *(customer(f"{i}", name) for i, name in enumerate(["王一", "李", "王二", "王三"])))
    with store.reading() as rows:
        first = rows.search("王", None, 2)
        assert [c.name for c in first] == ["王一", "王二"]
        assert [c.name for c in rows.search("王", first[-1].id, 2)] == ["王三"]
        assert len(rows.search("", None, 10)) == 4
        assert rows.search("一", None, 10) == []


def test_the_service_keeps_finds_and_forgets_on_its_threads(store: CustomerStore, run: Run) -> None:
    async def story() -> None:
        threads = Offload(threads=1)
        service = Customers(store, threads, lambda: 5.0)
        id_ = new_customer_id()
        await service.save(customer(id_, "新客", "+8613812345678"))
        assert (await service.get(id_)).name == "新客"
        assert [m.customer for m in await service.lookup(read_number("13812345678"))] == [id_]
        assert [c.id for c in await service.search("新")] == [id_]
        await service.remove(id_)
        assert await service.lookup(read_number("13812345678")) == ()
        with pytest.raises(UnknownCustomer):
            await service.get(id_)
        with pytest.raises(UnknownCustomer):
            await service.remove(id_)
        await threads.close()

    run(story())
