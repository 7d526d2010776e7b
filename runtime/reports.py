"""Reports as the house makes them: in a process beside it, with the names of its floor plan."""

from collections.abc import Callable

from calls.floor import FloorSpec
from calls.tally import Subject
from calls.words import Language
from cti.report_export import Form
from cti.report_worker import Made, report_file, report_json, report_paths
from cti.reports import ReportOrder
from cti.tree_paths import PathOrder
from storage.database import Database
from storage.worker import Worker


class HouseReports:
    def __init__(
        self, database: Database, worker: Worker, zone: str, plan: Callable[[], FloorSpec]
    ) -> None:
        """``zone``: by whose clock days begin and end."""
        self._url = database.url.render_as_string(hide_password=False)
        self._worker = worker
        self._zone = zone
        self._plan = plan

    async def json(self, order: ReportOrder) -> Made:
        return await self._worker.run(report_json, self._url, order, self._zone)

    async def file(self, order: ReportOrder, form: Form, language: Language) -> Made:
        names = self._names(order.of, language)
        return await self._worker.run(
            report_file, self._url, order, self._zone, form, language, names
        )

    async def paths(self, order: PathOrder) -> Made:
        return await self._worker.run(report_paths, self._url, order)

    async def close(self) -> None:
        await self._worker.close()

    def _names(self, of: Subject, language: Language) -> dict[str, str]:
        plan = self._plan()
        if of is Subject.AGENT:
            return {str(agent.id): agent.name for agent in plan.agents}
        return {str(queue.id): queue.names.get(language, queue.id) for queue in plan.queues}
