"""Over HTTP: versions planned for a time, and versions heard side by side."""

from enum import StrEnum

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Reply, speaks
from calls.ids import TreeId
from calls.rights import WATCHERS, allow
from calls.words import Role
from ivr.phrases import in_words
from ivr.rollout.model import Share, TreePlan, TreeTrial
from ivr.rollout.service import Rollouts


class TreePlans(msgspec.Struct, frozen=True):
    plans: tuple[TreePlan, ...]
    """The soonest first."""


class TreeTrials(msgspec.Struct, frozen=True):
    trials: tuple[TreeTrial, ...]
    """The newest first; at most one goes on."""


class PlanTree(Asked, frozen=True):
    at: float
    version: str = ""
    """A version that was kept; '' for the draft as it is now."""


class TryTree(Asked, frozen=True):
    share: Share
    version: str = ""
    """B. A version that was kept; '' for the draft as it is now."""


class ShareOfTrial(Asked, frozen=True):
    share: Share


class Winner(StrEnum):
    A = "a"
    B = "b"


class EndTrial(Asked, frozen=True):
    keep: Winner
    """For all callers from now on."""


def rollout_blueprint(http: Exchange, rollouts: Rollouts) -> Blueprint:
    routes = Blueprint("rollout", __name__)

    @routes.get("/trees/<id>/plans")
    @allow(*WATCHERS)
    @speaks("Versions that callers are to hear from a time on.", returns=TreePlans,
            refuses=(404,))  # fmt: skip
    def plans(id: str) -> Reply:
        found = rollouts.plans(TreeId(id))
        return http.reply(TreePlans(tuple(_worded(http, one) for one in found)))

    @routes.post("/trees/<id>/plans")
    @allow(Role.ADMIN)
    @speaks("Publish the draft, or a version, at a time.", body=PlanTree, returns=TreePlan,
            refuses=(404, 409))  # fmt: skip
    def plan(id: str) -> Reply:
        asked = http.body(PlanTree)
        made = rollouts.plan(TreeId(id), asked.version, asked.at, http.who().person, http.now())
        http.changed("", _plan_words(made))
        return http.reply(made)

    @routes.delete("/trees/<id>/plans/<plan>")
    @allow(Role.ADMIN)
    @speaks("Do not publish it then; or its failure has been seen.", status=204,
            refuses=(404,))  # fmt: skip
    def drop(id: str, plan: str) -> Reply:
        http.changed(_plan_words(rollouts.drop_plan(TreeId(id), plan)), "")
        return http.reply(None, 204)

    @routes.get("/trees/<id>/trials")
    @allow(*WATCHERS)
    @speaks("Versions heard side by side, now and before.", returns=TreeTrials, refuses=(404,))
    def trials(id: str) -> Reply:
        return http.reply(TreeTrials(tuple(rollouts.trials(TreeId(id)))))

    @routes.post("/trees/<id>/trials")
    @allow(Role.ADMIN)
    @speaks("Let a share of new callers hear the draft, or a version.", body=TryTree,
            returns=TreeTrial, refuses=(404, 409))  # fmt: skip
    def begin(id: str) -> Reply:
        asked = http.body(TryTree)
        begun = rollouts.begin_trial(
            TreeId(id), asked.version, asked.share, http.who().person, http.now()
        )
        http.changed("", _trial_words(begun))
        return http.reply(begun)

    @routes.put("/trees/<id>/trials/share")
    @allow(Role.ADMIN)
    @speaks("Another share of new callers hears B.", body=ShareOfTrial, returns=TreeTrial,
            refuses=(409,))  # fmt: skip
    def share(id: str) -> Reply:
        before, now = rollouts.change_share(TreeId(id), http.body(ShareOfTrial).share)
        http.changed(_trial_words(before), _trial_words(now))
        return http.reply(now)

    @routes.post("/trees/<id>/trials/end")
    @allow(Role.ADMIN)
    @speaks("B for all callers, or A for all.", body=EndTrial, returns=TreeTrial,
            refuses=(409,))  # fmt: skip
    def end(id: str) -> Reply:
        keep_b = http.body(EndTrial).keep is Winner.B
        ended = rollouts.end_trial(TreeId(id), keep_b, http.who().person, http.now())
        http.changed(_trial_words(ended), ended.kept)
        return http.reply(ended)

    return routes


def _worded(http: Exchange, plan: TreePlan) -> TreePlan:
    return msgspec.structs.replace(plan, findings=in_words(plan.findings, http.language()))


def _plan_words(plan: TreePlan) -> str:
    return f"{plan.version} at {plan.at:.0f}"


def _trial_words(trial: TreeTrial) -> str:
    return f"{trial.a}, {trial.share} % {trial.b}"
