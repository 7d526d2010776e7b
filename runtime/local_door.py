"""The API for commands on this machine: who may read the database needs no password."""

from collections.abc import Iterator
from contextlib import contextmanager

from agent_softphone_bridge.people import People
from agent_softphone_bridge.sql_store import SqlPeople
from agent_softphone_bridge.web import COOKIE
from runtime.clock import WallClock
from runtime.site import Site
from runtime.web.client import Client
from storage.database import Database

PERSON = "command-line"


@contextmanager
def local_client(site: Site) -> Iterator[Client]:
    """Signed in as ``command-line``; signed out again at the end. Raises Unreachable at the first
    request when the hotline is not open."""
    settings = site.configuration.settings
    database = Database(settings.database_url)
    people = People(SqlPeople(database), WallClock().now)
    try:
        database.migrate()
        cookie, token = people.open_local(PERSON)
        client = Client(f"http://{settings.web.address}:{settings.web.port}")
        client.resume(f"{COOKIE}={cookie}", token)
        yield client
        people.sign_out(cookie)
    finally:
        database.dispose()
