"""What this house has, for trees to be checked against."""

from collections.abc import Callable

from config.folder import Configuration
from hotline.look_ups import NAMES
from ivr.validator import Known
from runtime.site import Site


def known_to(site: Site, now: Callable[[], Configuration]) -> Callable[[], Known]:
    """``now``: the configuration in force."""
    languages = set(site.configuration.settings.languages)
    return lambda: Known(
        queues={queue.id for queue in now().floor.queues},
        calendars=set(now().calendars),
        lookups=NAMES,
        scripts={script.name for script in site.scripts.iterdir() if script.is_file()},
        languages=languages,
    )
