"""Plans of trees carried out when they are due, noted in the audit in the name of who made them."""

import json

from agent_softphone_bridge.model import Deed
from agent_softphone_bridge.ports import PeopleStore
from calls.notices import Alarm
from ivr.rollout.service import Rollouts

WHAT = "rollout.carried_out"


def carry_out_plans(rollouts: Rollouts, people: PeopleStore, now: float) -> tuple[Alarm, ...]:
    """Alarms that begin and that are over. Synchronous: on a thread."""
    looked = rollouts.look(now)
    for done in looked.carried_out:
        detail = json.dumps({"before": done.before, "after": done.plan.version})
        people.note(Deed(now, done.plan.by, WHAT, done.plan.tree, detail))
    return looked.alarms
