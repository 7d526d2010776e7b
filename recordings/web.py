"""Over HTTP: what is known of a recording. Its audio is sent by the runtime, without a thread."""

from flask import Blueprint

from calls.exchange import Exchange, Fault, Reply, speaks
from calls.ids import RecordingId
from calls.rights import WATCHERS, allow
from recordings.model import Recording
from recordings.service import RecordingService


def blueprint(http: Exchange, recordings: RecordingService) -> Blueprint:
    routes = Blueprint("recordings", __name__)

    @routes.get("/recordings/<id>")
    @allow(*WATCHERS)
    @speaks("What is known of one recording.", returns=Recording, refuses=(404,))
    def recording(id: str) -> Reply:
        found = http.wait(recordings.find(RecordingId(id)))
        if found is None:
            raise Fault("no_such_recording", id=id)
        return http.reply(found)

    return routes
