"""Over HTTP: the house itself: trunks, the emergency switch, and whether it is well."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from flask import Blueprint, Response

from calls.exchange import Asked, Exchange, Reply, speaks
from calls.rights import EVERYBODY, WATCHERS, allow, public
from calls.text import clean_name
from runtime.emergency import EmergencySwitch, Position
from runtime.web.counts import Metrics
from telephony.asterisk.trunk import DtmfMode, NumberForm, Trunk, TrunkKind


class TrunkLine(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk without its secret."""

    name: str
    kind: TrunkKind
    host: str
    port: int
    username: str
    codecs: tuple[str, ...]
    dtmf: DtmfMode
    number_form: NumberForm
    state: str
    """What Asterisk says of it; 'unknown' before it has said anything."""


class TrunkPage(msgspec.Struct, frozen=True):
    trunks: tuple[TrunkLine, ...]


class Throw(Asked, frozen=True):
    on: bool
    reason: str = ""
    """Shown to everybody beside the alarm, and kept; at most 80 characters."""


class Readiness(msgspec.Struct, frozen=True):
    ready: bool
    checks: dict[str, str]
    """'' when well, else what is wrong."""


def house_blueprint(
    http: Exchange,
    trunks: Callable[[], Sequence[Trunk]],
    states: Callable[[], Mapping[str, str]],
    emergency: EmergencySwitch,
) -> Blueprint:
    routes = Blueprint("house", __name__)

    @routes.get("/trunks")
    @allow(*WATCHERS)
    @speaks("The trunks; secrets are never shown.", returns=TrunkPage)
    def all_trunks() -> Reply:
        known = states()
        lines = (_line(trunk, known.get(trunk.name, "unknown")) for trunk in trunks())
        return http.reply(TrunkPage(tuple(lines)))

    @routes.get("/emergency")
    @allow(*EVERYBODY)
    @speaks("Whether the emergency switch is on, since when, by whom and why.", returns=Position)
    def position() -> Reply:
        return http.reply(emergency.position)

    @routes.put("/emergency")
    @allow(*WATCHERS, whole=True)
    @speaks("Throw the emergency switch.", body=Throw, returns=Position)
    def throw() -> Reply:
        asked, before = http.body(Throw), emergency.position
        reason = clean_name(asked.reason)
        thrown = Position(on=asked.on, reason=reason, by=http.who().person, at=http.now())
        emergency.throw(thrown)
        http.changed(_words(before), _words(thrown))
        return http.reply(thrown)

    return routes


def watch_blueprint(
    http: Exchange, ready: Mapping[str, Callable[[], str]], metrics: Metrics
) -> Blueprint:
    """For machines that watch: no sign-in, nothing personal."""
    routes = Blueprint("watch", __name__)

    @routes.get("/ready")
    @public
    @speaks("Whether calls can be served.", returns=Readiness, refuses=(503,))
    def readiness() -> Reply:
        checks = {name: _checked(check) for name, check in ready.items()}
        well = not any(checks.values())
        return http.reply(Readiness(well, checks), 200 if well else 503)

    @routes.get("/metrics")
    @public
    @speaks("Figures in the text format of Prometheus.")
    def figures() -> Reply:
        return Response(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


def _words(position: Position) -> str:
    """For the audit."""
    return ": ".join(part for part in ("on" if position.on else "off", position.reason) if part)


def _line(trunk: Trunk, state: str) -> TrunkLine:
    return TrunkLine(
        name=trunk.name,
        kind=trunk.kind,
        host=trunk.host,
        port=trunk.port,
        username=trunk.username,
        codecs=trunk.codecs,
        dtmf=trunk.dtmf_mode,
        number_form=trunk.number_form,
        state=state,
    )


def _checked(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
