"""Over HTTP: telephones of agents, and a new password for one, shown this once."""

from collections.abc import Callable

import msgspec
from flask import Blueprint

from calls.exchange import Exchange, Fault, Reply, speaks
from calls.floor import FloorSpec
from calls.ids import AgentId, DeviceId
from calls.rights import allow
from calls.words import DeviceKind, Role


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    id: DeviceId
    agent: AgentId
    agent_name: str
    kind: DeviceKind
    number: str
    """Of an outside phone; it has no password."""
    registers: bool
    """By a password of ours; browsers get theirs by themselves."""


class DevicePage(msgspec.Struct, frozen=True):
    devices: tuple[DeviceLine, ...]


class DevicePassword(msgspec.Struct, frozen=True, kw_only=True):
    device: DeviceId
    """The user name, too."""
    password: str
    """Shown this once."""
    host: str
    port: int


class Registrar(msgspec.Struct, frozen=True, kw_only=True):
    """Where telephones register, and who gives them their passwords."""

    host: str
    port: int
    change_password: Callable[[DeviceId], str]
    """On a thread: another one, in force at once. Raises what Asterisk's door raises."""


def devices_blueprint(
    http: Exchange, floor: Callable[[], FloorSpec], registrar: Registrar
) -> Blueprint:
    routes = Blueprint("devices", __name__)

    def devices() -> tuple[DeviceLine, ...]:
        return tuple(
            DeviceLine(
                id=device.id,
                agent=agent.id,
                agent_name=agent.name,
                kind=device.kind,
                number=device.number,
                registers=not device.number and device.kind is not DeviceKind.BROWSER,
            )
            for agent in floor().agents
            for device in agent.devices
        )

    @routes.get("/devices")
    @allow(Role.ADMIN)
    @speaks("Every telephone of every agent; no password is shown.", returns=DevicePage)
    def page() -> Reply:
        return http.reply(DevicePage(devices()))

    @routes.post("/devices/<id>/password")
    @allow(Role.ADMIN)
    @speaks(
        "A new password for a telephone, shown this once; calls go on.",
        returns=DevicePassword,
        refuses=(404,),
    )
    def change(id: str) -> Reply:
        device = next((one for one in devices() if one.id == id and one.registers), None)
        if device is None:
            raise Fault("no_such_device", id=id)
        password = registrar.change_password(device.id)
        http.changed("password", "another password")
        return http.reply(
            DevicePassword(
                device=device.id, password=password, host=registrar.host, port=registrar.port
            )
        )

    return routes
