"""What this house has, for trees to be checked against."""

from collections.abc import Callable

from hotline.look_ups import NAMES
from ivr.validator import Known
from runtime.site import Site


def known_to(site: Site) -> Callable[[], Known]:
    configuration = site.configuration
    return lambda: Known(
        queues={queue.id for queue in configuration.floor.queues},
        calendars=set(configuration.calendars),
        lookups=NAMES,
        scripts={script.name for script in site.scripts.iterdir() if script.is_file()},
        languages=set(configuration.settings.languages),
    )
