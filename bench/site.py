"""The hotline that is measured: one menu, one queue, as many agents as asked; and its audio.

The same menu prompt, key, staff and rules stand in bench.peer for app_queue.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bench import sound
from calls.ids import QueueId, TreeId
from calls.words import Language
from ivr.model import HangUp, Menu, Node, Queue, Tree, Wording
from ivr.speech.grammar import all_pieces
from ivr.speech.shelf import Shelf

OURS = "4008000001"
PEERS = "4008000002"
KEY = "1"
QUEUE = QueueId("bench")
LANGUAGE = Language.ZH
MENU_S = 4.0
"""The menu prompt; callers press the key while it plays."""
ANNOUNCEMENT_S = 10.0
RTP_FIRST, RTP_LAST = 10000, 19998
CALLERS = "127.0.0.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a figure wants of its hotline."""

    agents: int = 20
    zone: str = "cn"
    announce_every_s: float = 0.0
    """0: callers hear music alone while they wait."""
    direct: bool = False
    """No menu: who is answered stands in the queue at once."""

    def device(self, number: int) -> str:
        return f"d{number}"

    @property
    def devices(self) -> list[str]:
        return [self.device(n) for n in range(1, self.agents + 1)]


def write_configuration(folder: Path, plan: Plan) -> None:
    """The files people would write; what is left out keeps the default we ship."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in _documents(plan).items():
        (folder / name).write_text(yaml.safe_dump(document, allow_unicode=True))


def _documents(plan: Plan) -> dict[str, object]:
    never = {
        kind: {"strikes": 0, "rest_s": 0.0}
        for kind in ("rang_out", "rejected", "busy", "not_registered", "never_rang")
    }
    queue = {
        "names": {"zh-CN": "测量"},
        "wrap_up_s": 0.0,
        "announce_every_s": plan.announce_every_s,
        "no_answer": never,
    }
    agents = {
        f"a{n}": {
            "name": f"a{n}",
            "staff_number": str(1000 + n),
            "queues": {QUEUE: 1},
            "devices": {plan.device(n): "desk"},
        }
        for n in range(1, plan.agents + 1)
    }
    trunk = {"kind": "address", "host": CALLERS, "port": 5070, "codecs": ["ulaw"], "qualify_s": 0}
    return {
        "threering.yaml": {
            "zone": plan.zone,
            "languages": [LANGUAGE.value],
            "limits": {"callers": 5000},
        },
        "floor.yaml": {"queues": {str(QUEUE): queue}, "agents": agents},
        "trunks.yaml": {
            "trunks": {"bench": trunk},
            "numbers": {OURS: "bench"},
            "default_tree": "bench",
            "routes": {},
        },
    }


def write_audio(prompts: Path, plan: Plan) -> None:
    """A tone for the menu, a very short one for each staff number, a long one for every piece an
    announcement of place and wait may be made of."""
    shelf = Shelf(prompts)
    sound.write_wav(prompts / "menu.wav", MENU_S)
    sound.link(prompts / "menu.wav", prompts / "sorry.wav")
    sound.write_wav(prompts / "announcement.wav", ANNOUNCEMENT_S)
    for name in all_pieces(LANGUAGE):
        sound.link(prompts / "announcement.wav", shelf.piece(LANGUAGE, name))
    sound.write_wav(prompts / "staff.wav", sound.STAFF_S)
    for n in range(1, plan.agents + 1):
        sound.link(prompts / "staff.wav", shelf.staff(LANGUAGE, str(1000 + n)))


def tree(plan: Plan) -> Tree:
    menu = Menu(says=("menu",), keys={KEY: "queue"}, on_timeout="end", on_invalid="end")
    nodes: dict[str, Node] = {
        "menu": menu,
        "queue": Queue(queue=QUEUE, next="end", otherwise="end"),
        "end": HangUp(reason="done"),
    }
    if plan.direct:
        del nodes["menu"]
    return Tree(
        id=TreeId("bench"),
        title="bench",
        languages=(LANGUAGE,),
        root="queue" if plan.direct else "menu",
        nodes=nodes,
        prompts={} if plan.direct else {"menu": {LANGUAGE: Wording(text="1", audio="menu.wav")}},
    )
