"""The folder as shipped, as demo, and with everything wrong in it at once."""

from pathlib import Path

import pytest

from calls.words import DeviceKind, Language
from config import asterisk
from config.folder import Configuration, open_folder, read_one, seed_folder
from config.problems import ConfigRefused
from config.settings import ENVIRONMENT, ProcessRole
from cti.import_customers import import_customers
from cti.memory import MemoryCustomers
from cti.numbers import read_number
from telephony.asterisk.login_secrets import LoginSecrets
from telephony.asterisk.settings import TEST_CALLER, AsteriskSettings

pytestmark = pytest.mark.unit

SECRETS = LoginSecrets("0" * 64)


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path, **environment: str) -> list[str]:
    with pytest.raises(ConfigRefused) as caught:
        open_folder(folder, environment)
    return [str(p).replace(f"{folder.resolve()}/", "") for p in caught.value.problems]


def test_the_shipped_folder_starts_empty_safe_and_on_this_machine_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "config"
    made = seed_folder(folder)
    assert {"floor.yaml", "threering.yaml", "trunks.yaml"} <= {p.name for p in made}
    configuration = open_folder(folder, {})
    site = configuration.settings
    assert (site.listen.address, site.web.address) == ("127.0.0.1", "127.0.0.1")
    assert site.data == (tmp_path / "var").resolve()
    assert site.database_url == f"sqlite:///{site.data}/threering.db"
    assert site.languages == (Language.ZH, Language.EN)
    assert (configuration.floor.agents, configuration.floor.queues) == ((), ())
    assert configuration.trunks.routes == ()
    assert (folder / "trunks.yaml").stat().st_mode & 0o077 == 0


def test_the_demo_is_called_from_the_browser_and_nothing_else_is_unless_the_site_says_so(
    tmp_path: Path,
) -> None:
    seed_folder(tmp_path / "plain")
    seed_folder(tmp_path / "demo", demo=True)
    for name, callers, numbers in (("plain", False, ()), ("demo", True, ("+864008001234",))):
        configuration = open_folder(tmp_path / name, {})
        assert configuration.settings.web.callers is callers
        told = asterisk.asterisk_settings(
            configuration, SECRETS, tmp_path / "prompts", tmp_path / "recordings"
        )
        assert told.page_numbers == numbers


def test_a_folder_that_is_not_there_counts_as_empty(tmp_path: Path) -> None:
    assert open_folder(tmp_path / "none", {}).floor.agents == ()


def test_seeding_never_overwrites_what_people_wrote(tmp_path: Path) -> None:
    folder = written(tmp_path / "config", floor="seed: 7\n")
    assert "floor.yaml" not in [p.name for p in seed_folder(folder, demo=True)]
    assert (folder / "floor.yaml").read_text() == "seed: 7\n"
    assert seed_folder(folder, demo=True) == ()


def test_every_commented_default_in_the_shipped_files_is_the_default(tmp_path: Path) -> None:
    seed_folder(tmp_path / "a")
    text = (tmp_path / "a" / "threering.yaml").read_text(encoding="utf-8")
    kept = [line[2:] for line in text.splitlines() if line.startswith("# ") and ":" in line]
    kept = [line for line in kept if not line.startswith(("Where", "Every", "The "))]
    kept = [line for line in kept if "sqlite:" not in line and line != "database:"]
    folder = written(tmp_path / "b", threering="\n".join(kept))
    assert open_folder(folder, {}).settings == open_folder(tmp_path / "b2", {}).settings


def test_the_examples_in_the_shipped_files_are_good_ones(tmp_path: Path) -> None:
    seed_folder(tmp_path / "a")

    def example(name: str) -> str:
        lines = (tmp_path / "a" / name).read_text(encoding="utf-8").splitlines()
        return "\n".join(s[2:] for s in lines[1:] if s.startswith("# ") and s[2:3] in "tnradsq ")

    folder = written(tmp_path / "b", floor=example("floor.yaml"), trunks=example("trunks.yaml"))
    configuration = open_folder(folder, {})
    assert configuration.floor.agents[0].name == "王芳"
    assert configuration.trunks.routes[0].daily_cap == 200
    assert configuration.trunks.rescue.fallback_number == "+8613812345678"


@pytest.fixture
def demo(tmp_path: Path) -> Configuration:
    seed_folder(tmp_path / "config", demo=True)
    return open_folder(tmp_path / "config", {})


def test_the_demo_floor_has_three_queues_eight_agents_for_robots_and_one_for_the_visitor(
    demo: Configuration,
) -> None:
    floor = demo.floor
    assert [q.id for q in floor.queues] == ["sales", "support", "service"]
    assert all(set(q.names) == {"zh-CN", "en"} for q in floor.queues)
    assert [a.staff_number for a in floor.agents] == [str(n) for n in range(8001, 8010)]
    *robots, visitor = floor.agents
    assert [d.kind for d in visitor.devices] == [DeviceKind.BROWSER]
    for agent in robots:
        number = agent.staff_number
        assert agent.id == f"a{number}"
        assert [(d.id, d.kind) for d in agent.devices] == [
            (f"d{number}", DeviceKind.DESK),
            (f"b{number}", DeviceKind.BROWSER),
        ]
    assert max(len(a.queues) for a in floor.agents) == 3
    # Hers before all of theirs: who tries the demo gets the call she makes.
    assert {m.tier for m in visitor.queues} == {1}
    assert {m.tier for a in robots for m in a.queues} == {2, 3, 4}


def test_the_demo_number_opens_the_demo_tree_and_nothing_may_be_dialled(
    demo: Configuration,
) -> None:
    assert demo.trunks.tree_for("4008001234") == "hotline"
    assert [t.name for t in demo.trunks.trunks] == ["demo"]
    assert demo.trunks.routes == ()


def test_the_demo_customers_are_all_good_rows_and_some_share_a_number(tmp_path: Path) -> None:
    seed_folder(tmp_path / "config", demo=True)
    store = MemoryCustomers()
    report = import_customers(
        tmp_path / "config" / "customers.csv",
        store,
        lambda _: None,
        now=lambda: 0.0,
        pause=lambda _: None,
    )
    assert (report.added, report.bad) == (50, 0)
    shared = read_number("010-88886666").key
    assert len(store.owners_of(shared)) > 1
    assert any(len(c.numbers) > 2 for c in store.search("", None, 100))


def test_asterisk_is_told_what_people_wrote_with_a_secret_for_every_desk_telephone(
    demo: Configuration,
) -> None:
    told = asterisk.asterisk_settings(demo, SECRETS, Path("/srv/prompts"), Path("/srv/recordings"))
    assert (told.sip_port, told.ami_port, told.agi_port, told.rtp_last) == (5060, 5038, 4573, 10999)
    desks = [f"d{number}" for number in range(8001, 8009)]
    assert [device.id for device in told.devices] == [*desks, TEST_CALLER]
    assert len({d.secret for d in told.devices}) == len(told.devices)
    assert told.devices[0].number == "8001"
    assert [t.name for t in told.trunks] == ["demo"]
    assert told.folder == demo.settings.data / "asterisk"


def test_the_environment_stands_in_for_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path / "config", threering="web: {port: 9000}\n")
    site = open_folder(
        folder,
        {
            "THREERING_WEB_PORT": "9100",
            "THREERING_ROLES": "brain, web",
            "THREERING_REDIS_URL": "redis://127.0.0.1:6379/0",
            "THREERING_SIP_PORT": "",
            "THREERING_DATA": "/srv/threering",
        },
    ).settings
    assert site.web.port == 9100
    assert site.roles == (ProcessRole.BRAIN, ProcessRole.WEB)
    assert (site.redis_url, site.deployment) == ("redis://127.0.0.1:6379/0", "hotline")
    assert site.listen.sip_port == 5060
    assert site.journal == Path("/srv/threering/journal.db")


def test_edge_and_brain_apart_need_redis_between_them(tmp_path: Path) -> None:
    for role in ("edge", "brain"):
        assert refused(tmp_path / "config", THREERING_ROLES=role) == [
            "THREERING_ROLES: roles: edge and brain are apart; give redis.url, the same to all"
        ]


def test_the_web_may_be_by_itself_where_there_is_a_redis(tmp_path: Path) -> None:
    redis = "redis://127.0.0.1:6379/0"
    given = {"THREERING_ROLES": "web", "THREERING_REDIS_URL": redis}
    settings = open_folder(tmp_path / "config", given).settings
    assert settings.roles == (ProcessRole.WEB,)


def test_a_mistake_in_the_environment_is_blamed_on_the_variable(tmp_path: Path) -> None:
    assert refused(tmp_path / "config", THREERING_WEB_PORT="eighty", THREERING_ROLES="brian") == [
        "THREERING_ROLES: roles: 'brian' is not known; did you mean 'brain'?",
        "THREERING_WEB_PORT: web.port: 'eighty' does not fit; "
        "write a whole number from 1024 to 65535",
    ]


def test_every_variable_is_documented_in_the_shipped_file(tmp_path: Path) -> None:
    seed_folder(tmp_path / "config")
    text = (tmp_path / "config" / "threering.yaml").read_text(encoding="utf-8")
    assert [name for name in ENVIRONMENT if f"[{name}]" not in text] == []


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = written(
        tmp_path / "config",
        threering="edge: Main-1\nweb:\n  prot: 80\n",
        floor="queues: {sales: {wrap_up_s: -1}}\n",
        trunks="numbers: {abc: hotline}\n",
    )
    assert [line.split(" ")[0] for line in refused(folder)] == [
        "threering.yaml:1:",
        "threering.yaml:3:",
        "floor.yaml:1:",
        "trunks.yaml:1:",
    ]


def test_a_file_nobody_may_read_is_said_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    (folder / "floor.yaml").mkdir(parents=True)
    assert refused(folder) == [
        "floor.yaml: cannot be read: Is a directory; check the file and its rights"
    ]


SETTINGS_MISTAKES = [
    (
        "edge: Main-1",
        "threering.yaml:1: edge: 'Main-1' does not fit; lower-case letters and digits",
    ),
    ("region: China", "threering.yaml:1: region: 'China' is no country with telephones; write"),
    ("zone: zz", "threering.yaml:1: zone: tone zone 'zz' is not known; choose one of cn, de, jp,"),
    ("time_zone: Peking", "threering.yaml:1: time_zone: 'Peking' is no time zone; write it as"),
    ("time_zone: ../../etc/passwd", "threering.yaml:1: time_zone: '../../etc/passwd' is no time"),
    (
        "languages: [zh-CN, fr]",
        "threering.yaml:1: languages[2]: 'fr' is not known; choose one of zh-CN, en",
    ),
    ("web:\n  port: 80", "threering.yaml:2: web.port: '80' does not fit; write a whole number"),
    (
        "web:\n  address: localhost",
        "threering.yaml:2: web.address: 'localhost' is no IP address; write an IP address",
    ),
    (
        'web: {caller_origins: ["https://*.example.com"]}',
        "threering.yaml:1: web.caller_origins[1]: 'https://*.example.com' does not fit; write",
    ),
    (
        'web: {caller_origins: ["https://a.example; script-src *"]}',
        "threering.yaml:1: web.caller_origins[1]: 'https://a.example; script-src *' does not fit",
    ),
    (
        "web: {caller_origins: https://a.example/page}",
        "threering.yaml:1: web.caller_origins: 'https://a.example/page' does not fit; write",
    ),
    (
        "web: {caller_origins: shop.example.com}",
        "threering.yaml:1: web.caller_origins: 'shop.example.com' does not fit; write scheme and",
    ),
    ("web: {callers: perhaps}", "threering.yaml:1: web.callers: 'perhaps' is neither true nor"),
    ("web: {callers_at_once: 0}", "threering.yaml:1: web.callers_at_once: '0' does not fit"),
    ("web: 8300", "threering.yaml:1: web: '8300' is not a group of keys; write `key: value`"),
    ("web: {port: [1]}", "threering.yaml:1: web.port: a list stands where one value belongs"),
    ("hours: {emergency: perhaps}", "threering.yaml:1: hours.emergency: 'perhaps' is neither"),
    ("database: {url: hotline.db}", "threering.yaml:1: database.url: 'hotline.db' does not fit"),
    (
        "speech: {piper: {zh-CN: none.onnx}}",
        "threering.yaml:1: speech.piper.zh-CN: there is no file",
    ),
    (
        "listen: {ami_port: 8300}",
        "threering.yaml:1: web.port: port 8300 is already listen.ami_port; give each its own",
    ),
    (
        "listen: {sip_port: 10500}",
        "threering.yaml:1: listen.sip_port: port 10500 lies among the media ports; choose one",
    ),
    (
        "listen: {rtp_first: 20000}",
        "threering.yaml:1: listen.rtp_last: only ports 20000 to 10999 for media; a talk takes",
    ),
    (
        "hours: {calendar: ofice}",
        "threering.yaml:1: hours.calendar: there is no calendar 'ofice'; did you mean 'office'?",
    ),
    ("lisen: {}", "threering.yaml:1: lisen: this key is not known; did you mean 'listen'?"),
    ("zebra: 1", "threering.yaml:1: zebra: this key is not known; known here: area_code, data"),
    ("edge: yes", "threering.yaml:1: edge: 'yes' is read as bool; write \"yes\" in quotes"),
    ("data: " + "x" * 501, "threering.yaml:1: data: 501 characters; at most 500 fit"),
    ('data: "a\\0b"', "threering.yaml:1: data: there are control characters in it; write"),
    ("limits: {look_up_s: .inf}", "threering.yaml:1: limits.look_up_s: '.inf' does not fit"),
]


@pytest.mark.parametrize(("text", "sentence"), SETTINGS_MISTAKES)
def test_each_mistake_in_the_settings_has_its_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    said = refused(written(tmp_path / "config", threering=text))
    assert len(said) == 1, said
    assert said[0].startswith(sentence), said


def test_other_rooms_read_their_own_file_with_the_same_care(tmp_path: Path) -> None:
    file = tmp_path / "tickets.yaml"
    file.write_text("due_h: two\n")
    with pytest.raises(ConfigRefused, match=r"tickets.yaml:1: due_h: 'two' does not fit"):
        read_one(file, lambda top: top.whole("due_h", 2, 1, 100))
    assert read_one(tmp_path / "none.yaml", lambda top: top.whole("due_h", 2, 1, 100)) == 2


def told_to_asterisk(folder: Path) -> AsteriskSettings:
    site = open_folder(folder, {})
    return asterisk.asterisk_settings(site, SECRETS, Path("/srv/prompts"), Path("/srv/recordings"))


def test_the_other_edges_are_told_to_asterisk_with_one_secret(tmp_path: Path) -> None:
    text = "edge: main\nedges:\n  main: {host: 10.0.0.5}\n  east: {host: 10.0.0.6, port: 5062}\n"
    folder = written(tmp_path / "config", threering=text)
    [peer] = told_to_asterisk(folder).peers
    assert (peer.endpoint, peer.host, peer.port) == ("edge-east", "10.0.0.6", 5062)
    folder = written(tmp_path / "there", threering=text.replace("edge: main", "edge: east"))
    [back] = told_to_asterisk(folder).peers
    assert (back.endpoint, back.secret) == ("edge-main", peer.secret)


def test_an_edge_nobody_could_reach_is_refused(tmp_path: Path) -> None:
    text = "edges:\n  Ost!: {host: 10.0.0.5}\n  west: {port: 5060}\n  east: {host: a b, port: 0}\n"
    said = refused(written(tmp_path / "config", threering=text))
    assert len(said) == 4
    assert "'Ost!' is no name of an edge; lower-case letters and digits" in said[0]
