"""One file a figure or family of figures; ``FIGURES`` names them for the command line."""

from bench.figure import Measure
from bench.figures import (
    ami_events,
    busy_floor,
    calls_a_second,
    cpu_a_call,
    engine_day,
    engine_journal,
    engine_memory,
    engine_restart,
    engine_speed,
    idle_agent,
    memory,
    pages,
    pop,
    records,
    rings,
    ticket_search,
)

FIGURES: dict[str, Measure] = {
    "ami-events": ami_events.measure,
    "idle-agent": idle_agent.measure,
    "busy-floor": busy_floor.under_music,
    "busy-announcing": busy_floor.under_announcement,
    "busy-loaded": busy_floor.under_load,
    "pop": pop.measure,
    "cpu": cpu_a_call.measure,
    "calls-a-second": calls_a_second.measure,
    "memory": memory.measure,
    "engine-inputs": engine_speed.inputs_a_second,
    "engine-many": engine_speed.cost_beside_many,
    "engine-memory": engine_memory.measure,
    "engine-disk": engine_journal.on_disk,
    "engine-redis": engine_journal.in_redis,
    "engine-restart": engine_restart.measure,
    "engine-day": engine_day.measure,
    "records": records.measure,
    "ticket-search": ticket_search.measure,
    "page-tree": pages.tree_frames,
    "page-load": pages.first_load,
    "page-paint": pages.change_to_paint,
    "page-heap": pages.heap_of_a_shift,
    **{f"rings-{zone}": measure for zone, measure in rings.BY_ZONE.items()},
}
"""In the order they are measured."""
