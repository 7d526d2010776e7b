"""What a session of the stories finds in its house: one small tree, a voice, a recorder."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from calls.ids import CallId, QueueId, TreeId
from calls.words import Language
from ivr import model
from ivr.prompts import Digits, Fixed, Place, Prompt, Wait
from tests.hotline.story_asterisk import Asterisk

EXIT_KEY = "1"
"""The same key that chose the queue in the menu."""

TREE = model.Tree(
    id=TreeId("main"),
    title="Main",
    languages=(Language.EN,),
    root="consent",
    nodes={
        "consent": model.Consent(says=("told",), next="menu"),
        "menu": model.Menu(
            says=("menu",),
            keys={"1": "sales", "2": "account"},
            on_timeout="bye",
            on_invalid="bye",
        ),
        "account": model.LookUp(
            what="account", found="sales", not_found="sales", failed="sorry", budget_s=0.3
        ),
        "sorry": model.Say(says=("sorry",), next="sales"),
        "sales": model.Queue(
            queue=QueueId("sales"),
            next="survey",
            otherwise="bye",
            branches={"exit_key": "message"},
        ),
        "message": model.Voicemail(says=("message",), box="sales", next="bye"),
        "survey": model.Survey(question="service", says=("rate",), next="bye"),
        "bye": model.HangUp(reason="done"),
    },
    prompts={},
)
VERSION = SimpleNamespace(hash="v1", tree=TREE)


class Speech:
    """Every prompt has a file, called like it."""

    async def files(self, prompts: tuple[Prompt, ...], *_: object) -> list[str]:
        return [_file(prompt) for prompt in prompts]

    def house(self, name: str, language: Language) -> list[str]:
        return [name]

    async def staff_file(self, digits: str, language: Language) -> str:
        return f"staff-{digits}"


def _file(prompt: Prompt) -> str:
    match prompt:
        case Fixed(id=id):
            return id
        case Place(place=place):
            return f"place-{place}"
        case Wait(low_min=low, high_min=high):
            return f"wait-{low}-{high}"
        case Digits(digits=digits):
            return f"digits-{digits}"
    raise AssertionError(prompt)


class Recorder:
    """Keeps nothing; knows how long a message is."""

    def __init__(self, asterisk: Asterisk, *, on: bool) -> None:
        self._asterisk = asterisk
        self._on = on

    async def arm(self, channel: Any, offer: Any) -> None:
        if self._on:
            await channel.execute("MixMonitor", "talk.wav")

    async def disarm(self, channel: Any, offer: Any) -> None:
        if self._on:
            await channel.execute("StopMixMonitor")

    def began(self, *_: object) -> None:
        pass

    def finish(self, call: CallId, offer: Any, number: str, *, talked: bool) -> None:
        self._asterisk.log("audio", "kept" if talked else "dropped")

    def voicemail_path(self, recording: str) -> Path:
        return Path(f"{recording}.wav")

    def voicemail_seconds(self, recording: str) -> float:
        return max(line.recorded_s for line in self._asterisk.lines.values())

    def store_voicemail(self, *_: object) -> None:
        self._asterisk.log("audio", "message kept")
