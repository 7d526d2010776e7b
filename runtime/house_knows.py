"""What this house has, for trees to be checked against."""

from collections.abc import Callable

from ivr.validator import Known
from runtime.site import Site

LOOK_UPS = frozenset({"customer", "ticket"})


def known_to(site: Site) -> Callable[[], Known]:
    configuration = site.configuration
    return lambda: Known(
        queues={queue.id for queue in configuration.floor.queues},
        calendars=set(configuration.calendars),
        lookups=LOOK_UPS,
        scripts={script.name for script in site.scripts.iterdir() if script.is_file()},
        languages=set(configuration.settings.languages),
    )
