"""Over HTTP: recordings held for a court, deleted for ever, and how their keeping goes on."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.rights import WATCHERS, allow
from calls.words import Role
from recordings.model import Recording
from recordings.web import RecordingPorts, known

Why = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class HoldWanted(Asked, frozen=True):
    why: Why


class AudioKept(msgspec.Struct, frozen=True):
    """How keeping goes on."""

    here: int
    """Only on a machine of the hotline; with a store, those that have yet to move."""
    going: int
    """To be deleted, and not yet."""
    unlisted: int
    """On disk, and not yet taken by the database."""
    error: str


def keeping_blueprint(http: Exchange, ports: RecordingPorts) -> Blueprint:
    routes = Blueprint("keeping", __name__)
    recordings, keeping = ports.recordings, ports.keeping

    @routes.put("/recordings/<id>/hold")
    @allow(Role.ADMIN)
    @speaks("Legal hold: nothing deletes it until the hold is lifted.", body=HoldWanted,
            returns=Recording, refuses=(404, 409))  # fmt: skip
    def hold(id: str) -> Reply:
        why = http.body(HoldWanted).why.strip()
        if not why:
            raise Fault("unfit", "why", detail="why")
        return _held(id, why)

    @routes.delete("/recordings/<id>/hold")
    @allow(Role.ADMIN)
    @speaks("The hold is lifted.", returns=Recording, refuses=(404, 409))
    def lift(id: str) -> Reply:
        return _held(id, "")

    def _held(id: str, why: str) -> Reply:
        before = known(http, ports, id)
        if not http.wait(keeping.hold(before.id, why, http.who().person)):
            raise Fault("audio_gone")
        http.changed(before.hold_why, why)
        return http.reply(known(http, ports, id))

    @routes.delete("/recordings/<id>")
    @allow(Role.ADMIN)
    @speaks("Delete its audio for ever; the list keeps what it was.", status=204,
            refuses=(404, 409))  # fmt: skip
    def erase(id: str) -> Reply:
        found = known(http, ports, id)
        if not http.wait(keeping.erase(found.id)):
            raise Fault("audio_held" if found.hold_why else "audio_gone")
        http.changed(found.sha256[:16], "")
        return http.reply(None, 204)

    @routes.get("/recordings/kept")
    @allow(*WATCHERS)
    @speaks("How keeping and moving of audio goes on.", returns=AudioKept)
    def kept() -> Reply:
        here, going = recordings.store.backlog("here"), recordings.store.backlog("going")
        return http.reply(AudioKept(here, going, recordings.unlisted, keeping.trouble))

    return routes
