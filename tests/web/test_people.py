from dataclasses import replace

import pytest
from pyotp import TOTP

from agent_softphone_bridge.memory import MemoryPeople
from agent_softphone_bridge.model import Deed, WebSession
from agent_softphone_bridge.people import IDLE_S, LONGEST_S, TRUSTED_S, People
from agent_softphone_bridge.ports import PeopleStore
from agent_softphone_bridge.second import STEP_S, make_secret
from agent_softphone_bridge.sql_store import SqlPeople
from agent_softphone_bridge.tries import PER_NAME_AND_ADDRESS, WINDOW_S
from calls.clock import ManualClock
from calls.exchange import Fault
from calls.ids import AgentId
from calls.words import Role
from storage.errors import StorageError
from tests.databases import KINDS, NewDatabase
from tests.web.house import PASSWORD, QUICK

pytestmark = pytest.mark.contract

HOME = "127.0.0.1"


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, new_database: NewDatabase) -> PeopleStore:
    if request.param == "memory":
        return MemoryPeople()
    return SqlPeople(new_database(request.param))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_000_000.0)


@pytest.fixture
def people(store: PeopleStore, clock: ManualClock) -> People:
    people = People(store, clock.now, QUICK)
    people.create_person("Wang", "王芳", PASSWORD, (Role.AGENT,), AgentId("a8001"))
    return people


def refused(people: People, name: str, password: str, address: str = HOME) -> str:
    with pytest.raises(Fault) as fault:
        people.sign_in(name, password, address)
    return fault.value.code


def test_the_right_password_opens_a_session_that_knows_who_she_is(people: People) -> None:
    cookie, signed_in = people.sign_in(" WANG ", PASSWORD, HOME)
    again = people.who(cookie)
    assert again == signed_in
    assert (signed_in.who.name, signed_in.who.agent) == ("王芳", "a8001")


def test_the_store_holds_neither_password_nor_cookie(people: People, store: PeopleStore) -> None:
    cookie, signed_in = people.sign_in("wang", PASSWORD, HOME)
    person = store.person("wang")
    assert person is not None
    assert PASSWORD not in person.password_hash
    assert person.password_hash.startswith("$argon2id$")
    assert store.session(cookie) is None
    assert store.session(signed_in.session.id) is not None


def test_a_wrong_password_and_a_wrong_name_are_told_apart_by_nobody(people: People) -> None:
    assert refused(people, "wang", "not this one") == "wrong_password"
    assert refused(people, "nobody", PASSWORD) == "wrong_password"
    assert people.who("no such cookie") is None
    assert people.who("") is None


def test_guessing_is_stopped_for_a_while_and_even_the_right_one_must_wait(
    people: People, clock: ManualClock
) -> None:
    for _ in range(PER_NAME_AND_ADDRESS):
        assert refused(people, "wang", "guess") == "wrong_password"
    assert refused(people, "wang", PASSWORD) == "too_many_tries"
    people.sign_in("wang", PASSWORD, "10.0.0.9")
    clock.advance(WINDOW_S + 1)
    people.sign_in("wang", PASSWORD, HOME)


def test_a_session_nobody_uses_is_over(people: People, clock: ManualClock) -> None:
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    clock.advance(IDLE_S + 1)
    assert people.known(cookie) is None
    assert people.who(cookie) is None


def test_use_keeps_a_session_but_not_for_ever(people: People, clock: ManualClock) -> None:
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    for _ in range(int(LONGEST_S // (IDLE_S / 2)) - 1):
        clock.advance(IDLE_S / 2)
        assert people.who(cookie) is not None
    clock.advance(IDLE_S / 2)
    assert people.who(cookie) is None


def test_use_is_seen_by_another_process(
    people: People, store: PeopleStore, clock: ManualClock
) -> None:
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    clock.advance(IDLE_S - 1)
    assert people.who(cookie) is not None
    clock.advance(IDLE_S - 1)
    assert People(store, clock.now, QUICK).who(cookie) is not None


def test_signing_out_ends_the_session_at_once(people: People) -> None:
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    people.sign_out(cookie)
    assert people.known(cookie) is None
    assert people.who(cookie) is None


def test_who_is_switched_off_elsewhere_is_out_within_seconds(
    people: People, store: PeopleStore, clock: ManualClock
) -> None:
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    person = store.person("wang")
    assert person is not None
    store.put(replace(person, active=False), clock.now())
    clock.advance(TRUSTED_S + 1)
    assert people.who(cookie) is None
    assert refused(people, "wang", PASSWORD) == "wrong_password"


def test_a_new_password_ends_every_session(people: People) -> None:
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    people.set_password("wang", "quite another one")
    assert people.who(cookie) is None
    assert refused(people, "wang", PASSWORD) == "wrong_password"
    people.sign_in("wang", "quite another one", HOME)


@pytest.mark.parametrize(
    ("id", "password", "code"),
    [
        ("wang", PASSWORD, "person_exists"),
        ("li", "short", "weak_password"),
        ("li", "x" * 1000, "weak_password"),
        ("", PASSWORD, "bad_name"),
        ("two words", PASSWORD, "bad_name"),
        ("line\nbreak", PASSWORD, "bad_name"),
    ],
)
def test_a_person_who_cannot_be_is_refused(
    people: People, id: str, password: str, code: str
) -> None:
    with pytest.raises(Fault) as fault:
        people.create_person(id, "", password, (Role.AGENT,))
    assert fault.value.code == code


def test_the_first_admin_is_made_once(store: PeopleStore, clock: ManualClock) -> None:
    people = People(store, clock.now, QUICK)
    password = people.ensure_admin()
    assert password is not None
    _, signed_in = people.sign_in("admin", password, HOME)
    assert signed_in.who.is_any(Role.ADMIN)
    assert people.ensure_admin() is None


def test_the_demos_people_get_new_passwords_at_each_start(
    store: PeopleStore, clock: ManualClock
) -> None:
    people = People(store, clock.now, QUICK)
    agents = [(AgentId("a8001"), "王芳"), (AgentId("a8002"), "李伟")]
    first = people.ensure_demo_people(agents)
    second = people.ensure_demo_people(agents, AgentId("a8002"))
    assert list(first) == ["demo", "admin", "supervisor", "a8001", "a8002"]
    assert refused(people, "a8001", first["a8001"]) == "wrong_password"
    assert people.sign_in("a8001", second["a8001"], HOME)[1].who.agent == "a8001"
    everything = people.sign_in("demo", second["demo"], HOME)[1].who
    assert (set(everything.roles), everything.agent) == (set(Role), "a8002")


def test_deeds_are_kept_newest_first(people: People, store: PeopleStore) -> None:
    people.note("wang", "agents.ready", "a8001", address=HOME)
    people.note("wang", "agents.log_out", "a8001")
    assert [deed.what for deed in store.deeds(2)] == ["agents.log_out", "agents.ready"]


def test_sessions_long_over_are_forgotten_by_the_store(
    people: People, store: PeopleStore, clock: ManualClock
) -> None:
    _, old = people.sign_in("wang", PASSWORD, HOME)
    clock.advance(LONGEST_S + 1)
    people.sign_in("wang", PASSWORD, HOME)
    assert store.session(old.session.id) is None


class Away(MemoryPeople):
    """A store whose database can be taken away."""

    away = False

    def session(self, id_: str) -> object:  # type: ignore[override]
        self._look()
        return super().session(id_)

    def seen(self, id_: str, at: float) -> None:
        self._look()
        super().seen(id_, at)

    def note(self, deed: Deed) -> None:
        self._look()
        super().note(deed)

    def open(self, session: WebSession) -> None:
        self._look()
        super().open(session)

    def _look(self) -> None:
        if self.away:
            error = StorageError("the database is away")
            error.retryable = True
            raise error


def test_who_is_signed_in_stays_so_while_the_database_is_away(clock: ManualClock) -> None:
    store = Away()
    people = People(store, clock.now, QUICK)
    people.create_person("wang", "王芳", PASSWORD, (Role.AGENT,))
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    store.away = True
    clock.advance(100.0)
    assert people.who(cookie) is not None
    people.note("wang", "agents.ready")
    with pytest.raises(StorageError):
        people.who("a cookie never seen here")


def test_adm_1_the_last_admin_who_can_sign_in_cannot_be_taken_away(
    people: People, store: PeopleStore
) -> None:
    people.create_person("zhao", "赵", PASSWORD, (Role.ADMIN,))
    people.open_local("local")
    zhao = store.person("zhao")
    assert zhao is not None
    for changed in (replace(zhao, active=False), replace(zhao, roles=(Role.AGENT,))):
        with pytest.raises(Fault) as fault:
            people.change_person(changed)
        assert fault.value.code == "last_admin"
    people.create_person("qian", "钱", PASSWORD, (Role.ADMIN,))
    people.change_person(replace(zhao, active=False))
    assert refused(people, "zhao", PASSWORD) == "wrong_password"


def test_adm_1_who_may_less_is_signed_out_at_once_and_who_has_another_name_is_not(
    people: People, store: PeopleStore
) -> None:
    cookie, _ = people.sign_in("wang", PASSWORD, HOME)
    wang = store.person("wang")
    assert wang is not None
    people.change_person(replace(wang, name="王小芳", password_hash=""))
    known = people.who(cookie)
    assert known is not None
    assert known.who.name == "王小芳"
    people.change_person(replace(wang, roles=(Role.SUPERVISOR,)))
    assert people.who(cookie) is None
    people.sign_in("wang", PASSWORD, HOME)


def test_ones_own_password_needs_the_old_one_and_ends_every_other_session(people: People) -> None:
    here, _ = people.sign_in("wang", PASSWORD, HOME)
    there, _ = people.sign_in("wang", PASSWORD, "10.0.0.9")
    new = "新的密码，足够长了吧"
    for old, wanted, code in (
        ("wrong", new, "wrong_old_password"),
        (PASSWORD, "short", "weak_password"),
    ):
        with pytest.raises(Fault) as fault:
            people.change_own_password("wang", old, wanted, HOME)
        assert fault.value.code == code
    cookie, _ = people.change_own_password("wang", PASSWORD, new, HOME)
    assert people.who(cookie) is not None
    assert people.who(here) is None
    assert people.who(there) is None
    assert refused(people, "wang", PASSWORD) == "wrong_password"
    people.sign_in("wang", new, HOME)


def test_old_passwords_cannot_be_guessed_without_end(people: People) -> None:
    codes = []
    for _ in range(PER_NAME_AND_ADDRESS + 1):
        with pytest.raises(Fault) as fault:
            people.change_own_password("wang", "guess", "long enough now", HOME)
        codes.append(fault.value.code)
    assert codes[-1] == "too_many_tries"


def test_adm_3_deeds_are_read_page_by_page_and_of_one_person(
    people: People, store: PeopleStore
) -> None:
    for n in range(5):
        people.note("wang" if n % 2 else "li", f"deed-{n}", "floor.yaml" if n < 3 else "")
    first = store.deeds(2)
    assert [deed.what for deed in first] == ["deed-4", "deed-3"]
    assert [deed.what for deed in store.deeds(2, before=first[-1].id)] == ["deed-2", "deed-1"]
    assert [deed.what for deed in store.deeds(9, who="wang")] == ["deed-3", "deed-1"]
    assert [d.what for d in store.deeds(9, subject="floor.yaml")] == ["deed-2", "deed-1", "deed-0"]


# --- the second factor ---------------------------------------------------------------------


@pytest.fixture
def secret(people: People, clock: ManualClock) -> str:
    made = make_secret()
    people.want_second("wang", PASSWORD, made, code_of(made, clock.now()), HOME)
    clock.advance(STEP_S)
    return made


def code_of(secret: str, at: float) -> str:
    return TOTP(secret).at(int(at))


def refused_code(people: People, code: str) -> str:
    with pytest.raises(Fault) as fault:
        people.sign_in("wang", PASSWORD, HOME, code)
    return fault.value.code


def test_adm_9_a_code_is_asked_for_besides_the_password_once_it_is_wanted(
    people: People, clock: ManualClock, secret: str
) -> None:
    assert people.has_second("wang")
    assert refused(people, "wang", PASSWORD) == "code_needed"
    assert refused(people, "wang", "wrong") == "wrong_password"
    code = code_of(secret, clock.now())
    cookie, _ = people.sign_in("wang", PASSWORD, HOME, f"{code[:3]} {code[3:]}")
    assert people.who(cookie) is not None


def test_adm_9_a_code_is_good_once_and_for_its_half_minute_and_the_one_beside_it(
    people: People, clock: ManualClock, secret: str
) -> None:
    now = clock.now()
    for late in (-3 * STEP_S, 3 * STEP_S):
        assert refused_code(people, code_of(secret, now + late)) == "wrong_code"
    people.sign_in("wang", PASSWORD, HOME, code_of(secret, now))
    assert refused_code(people, code_of(secret, now)) == "wrong_code"
    clock.advance(STEP_S)
    people.sign_in("wang", PASSWORD, HOME, code_of(secret, now + STEP_S))


def test_adm_9_codes_cannot_be_guessed_without_end(people: People, secret: str) -> None:
    for _ in range(PER_NAME_AND_ADDRESS):
        assert refused_code(people, "000000") == "wrong_code"
    assert refused_code(people, "000000") == "too_many_tries"


@pytest.mark.parametrize("code", ["1", "abcdef", "１２３４５６", "9" * 5000, "-12345", "12345\x00"])
def test_what_is_no_code_is_a_wrong_one(people: People, secret: str, code: str) -> None:
    assert refused_code(people, code) == "wrong_code"


def test_adm_9_it_is_wanted_and_dropped_with_the_password_alone_and_survives_other_changes(
    people: People, store: PeopleStore, clock: ManualClock, secret: str
) -> None:
    other = make_secret()
    for change in (
        lambda: people.want_second("wang", "wrong", other, code_of(other, clock.now()), HOME),
        lambda: people.drop_second("wang", "wrong", HOME),
        lambda: people.want_second("wang", PASSWORD, other, "000000", HOME),
        lambda: people.want_second("wang", PASSWORD, "short", "000000", HOME),
    ):
        with pytest.raises(Fault):
            change()
    person = store.person("wang")
    assert person is not None
    assert person.second_secret == secret
    people.change_person(replace(person, name="王小芳", second_secret="", password_hash=""))
    people.set_password("wang", "another long password")
    assert people.has_second("wang")
    people.drop_second("wang", "another long password", HOME)
    people.sign_in("wang", "another long password", HOME)


def test_adm_9_who_lost_the_telephone_is_let_in_by_an_admin(people: People, secret: str) -> None:
    people.reset_second("wang")
    people.sign_in("wang", PASSWORD, HOME)
