"""An order with what the worker needs of the site to answer it."""

from collections.abc import Callable

from runtime.ground import shares_journal
from runtime.site import Site
from runtime.studies.follow import follow
from runtime.studies.orders import Order, Result, Task


async def ask_worker(site: Site, order: Order, on_share: Callable[[float], None]) -> Result:
    """As follow.follow, with this site's journal."""
    return await follow(task_of(site, order), on_share)


def task_of(site: Site, order: Order) -> Task:
    settings = site.configuration.settings
    shared = bool(settings.redis_url) and shares_journal(frozenset(settings.roles))
    return Task(
        order=order,
        journal=str(site.journal),
        redis_url=settings.redis_url if shared else "",
        deployment=settings.deployment,
        zone=settings.time_zone,
        floor=site.configuration.floor,
    )
