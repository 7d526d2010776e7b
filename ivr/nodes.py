"""What each kind of node does: when entered, while it waits, when it is answered. Pure.

Three tables; what a table lacks is refused by the interpreter. What a node waits for follows from
the cursor alone, so that it can be repeated to a caller whose controller was lost.
"""

from collections.abc import Callable, Mapping
from typing import Any

from calls.text import clean_number
from ivr import model, steps
from ivr.branching import go_to, noted, out_of_hours_or_in, which_case
from ivr.entry import is_valid
from ivr.scene import Scene, Turn
from ivr.wording import in_each_language

CONFIRM, VERIFY, TOLD, OVER = "confirm", "verify", "told", "over"
INVALID = "!"
"""Kept as the entry after one that meant nothing, to tell it from silence."""


# --- entering: where not simply waiting for an answer ---------------------------------------


def _look_up_if_there_is_a_key(scene: Scene, node: model.LookUp) -> Turn:
    return scene.wait() if _key_of(scene, node) else scene.go(node.not_found)


def _transfer_if_there_is_a_number(scene: Scene, node: model.Transfer) -> Turn:
    if _number_of(scene, node):
        return scene.wait()
    return scene.go(node.branches.get("failed", node.otherwise))


def _farewell_first(scene: Scene, node: model.HangUp) -> Turn:
    return scene.wait(stage=TOLD if node.says else OVER)


ENTER: dict[type, Callable[[Scene, Any], Turn]] = {
    model.Hours: out_of_hours_or_in,
    model.Branch: which_case,
    model.Set: noted,
    model.GoTo: go_to,
    model.LookUp: _look_up_if_there_is_a_key,
    model.Transfer: _transfer_if_there_is_a_number,
    model.HangUp: _farewell_first,
}


# --- waiting: the effect of each stage ------------------------------------------------------


def _say(scene: Scene, node: model.Say | model.HangUp) -> steps.Effect:
    return steps.Say(prompts=scene.prompts(node.says))


def _say_consent(scene: Scene, node: model.Consent) -> steps.Effect:
    prompts = scene.prompts(node.says)
    if node.refuse_key is None:
        return steps.Say(prompts=prompts)
    return steps.Ask(
        node=scene.cursor.node, prompts=prompts, max_keys=1, first_timeout_s=node.timeout_s
    )


def _ask_choice(scene: Scene, node: model.Menu) -> steps.Effect:
    before: model.Says = ()
    if scene.cursor.tries:
        before = node.invalid_says if scene.cursor.entry == INVALID else node.timeout_says
    return steps.Ask(
        node=scene.cursor.node,
        prompts=scene.prompts((*before, *node.says)),
        max_keys=node.staff.length if node.staff else 1,
        first_timeout_s=node.timeout_s,
        barge_in=node.barge_in,
        at_once="".join(sorted(node.keys)) if node.staff else "",
    )


def _ask_language(scene: Scene, node: model.ChooseLanguage) -> steps.Effect:
    languages = list(dict.fromkeys(node.choices[key] for key in sorted(node.choices)))
    return steps.Ask(
        node=scene.cursor.node,
        prompts=in_each_language(scene.prompts(node.says), languages),
        max_keys=1,
        first_timeout_s=node.timeout_s,
        barge_in=node.barge_in,
    )


def _ask_entry(scene: Scene, node: model.Ask) -> steps.Effect:
    before = node.invalid_says if scene.cursor.entry == INVALID else ()
    return steps.Ask(
        node=scene.cursor.node,
        prompts=scene.prompts((*before, *node.says)),
        max_keys=node.max_length,
        terminator=node.terminator or "",
        first_timeout_s=node.timeout_s,
        next_timeout_s=node.key_timeout_s,
        barge_in=node.barge_in,
        secret=node.secret,
    )


def _ask_whether_right(scene: Scene, node: model.Ask) -> steps.Effect:
    drafted, _ = scene.with_variables({node.variable: scene.cursor.entry})
    says = node.confirm.says if node.confirm else ()
    return steps.Ask(
        node=scene.cursor.node,
        prompts=drafted.prompts(says),
        max_keys=1,
        first_timeout_s=node.timeout_s,
        barge_in=node.barge_in,
    )


def _verify(scene: Scene, node: model.Ask) -> steps.Effect:
    check = node.check
    assert isinstance(check, model.KnownTo), "only such a check leads to this stage"
    return steps.LookUp(what=check.what, key=scene.cursor.entry, budget_s=check.budget_s)


def _look_up(scene: Scene, node: model.LookUp) -> steps.Effect:
    return steps.LookUp(what=node.what, key=_key_of(scene, node), budget_s=node.budget_s)


def _enqueue(scene: Scene, node: model.Queue) -> steps.Effect:
    return steps.Enqueue(
        queue=node.queue,
        priority=node.priority_by_level.get(scene.facts.level, node.priority),
        needs=node.needs,
        relax=node.relax,
        staff_number=scene.value_of(node.staff) if node.staff else "",
    )


def _take_voicemail(scene: Scene, node: model.Voicemail) -> steps.Effect:
    return steps.TakeVoicemail(box=node.box, prompts=scene.prompts(node.says), max_s=node.max_s)


def _transfer(scene: Scene, node: model.Transfer) -> steps.Effect:
    return steps.Transfer(to=_number_of(scene, node))


def _ask_score(scene: Scene, node: model.Survey) -> steps.Effect:
    before = node.invalid_says if scene.cursor.entry == INVALID else ()
    return steps.Ask(
        node=scene.cursor.node,
        prompts=scene.prompts((*before, *node.says)),
        max_keys=1,
        first_timeout_s=node.timeout_s,
    )


def _run_script(scene: Scene, node: model.Script) -> steps.Effect:
    arguments = tuple(
        scene.value_of(one[1:-1]) if one.startswith("{") and one.endswith("}") else one
        for one in node.arguments
    )
    return steps.RunScript(script=node.script, arguments=arguments)


EFFECT: dict[tuple[type, str], Callable[[Scene, Any], steps.Effect]] = {
    (model.Say, ""): _say,
    (model.Consent, ""): _say_consent,
    (model.Menu, ""): _ask_choice,
    (model.ChooseLanguage, ""): _ask_language,
    (model.Ask, ""): _ask_entry,
    (model.Ask, CONFIRM): _ask_whether_right,
    (model.Ask, VERIFY): _verify,
    (model.LookUp, ""): _look_up,
    (model.LookUp, TOLD): _say,
    (model.Queue, ""): _enqueue,
    (model.Voicemail, ""): _take_voicemail,
    (model.Transfer, ""): _transfer,
    (model.Survey, ""): _ask_score,
    (model.Survey, TOLD): lambda scene, node: steps.Say(prompts=scene.prompts(node.thanks)),
    (model.Script, ""): _run_script,
    (model.HangUp, TOLD): _say,
    (model.HangUp, OVER): lambda scene, node: steps.HangUp(reason=node.reason),
}


# --- answered -------------------------------------------------------------------------------


def _said(scene: Scene, node: model.Say, answer: steps.Done) -> Turn:
    return scene.go(node.next)


def _consent_heard(scene: Scene, node: model.Consent, answer: steps.Done) -> Turn:
    return scene.go(node.next, steps.ConsentNoted(given=True))


def _consent_answered(scene: Scene, node: model.Consent, answer: steps.Keys) -> Turn:
    return scene.go(node.next, steps.ConsentNoted(given=answer.keys != node.refuse_key))


def _choice_made(scene: Scene, node: model.Menu, answer: steps.Keys) -> Turn:
    keys = answer.keys
    if keys in node.keys:
        return scene.go(node.keys[keys])
    if not keys:
        return scene.retry(node.tries, "", node.on_timeout)
    if node.staff and len(keys) == node.staff.length and keys.isascii() and keys.isdigit():
        told, notes = scene.with_variables({node.staff.variable: keys})
        return told.go(node.staff.to, *notes)
    return scene.retry(node.tries, INVALID, node.on_invalid)


def _language_chosen(scene: Scene, node: model.ChooseLanguage, answer: steps.Keys) -> Turn:
    chosen = node.choices.get(answer.keys)
    if chosen is None and scene.cursor.tries + 1 < node.tries:
        return scene.wait(tries=scene.cursor.tries + 1)
    language = chosen or node.otherwise
    kept = scene.wait(language=language).cursor
    return Turn(kept, (steps.LanguageSet(language=language),), node.next)


def _entered(scene: Scene, node: model.Ask, answer: steps.Keys) -> Turn:
    keys = answer.keys
    if not keys or not is_valid(node, keys):
        return scene.retry(node.tries, INVALID if keys else "", node.on_fail)
    if node.confirm is not None:
        return scene.wait(stage=CONFIRM, entry=keys)
    return _believed(scene, node, keys)


def _confirmed(scene: Scene, node: model.Ask, answer: steps.Keys) -> Turn:
    confirm = node.confirm
    if confirm is not None and answer.keys == confirm.accept:
        return _believed(scene, node, scene.cursor.entry)
    if confirm is not None and answer.keys == confirm.again:
        return scene.retry(node.tries, "", node.on_fail)
    failed = scene.cursor.tries + 1
    return scene.go(node.on_fail) if failed >= node.tries else scene.wait(tries=failed)


def _believed(scene: Scene, node: model.Ask, keys: str) -> Turn:
    if isinstance(node.check, model.KnownTo):
        return scene.wait(stage=VERIFY, entry=keys)
    return _accepted(scene, node, keys)


def _accepted(scene: Scene, node: model.Ask, keys: str) -> Turn:
    told, notes = scene.with_variables({node.variable: keys})
    return told.go(node.next, *(() if node.secret else notes))


def _verified(scene: Scene, node: model.Ask, answer: steps.Found) -> Turn:
    keep = node.check.keep if isinstance(node.check, model.KnownTo) else {}
    told, notes = scene.with_variables(_kept(keep, answer))
    turn = _accepted(told, node, scene.cursor.entry)
    return Turn(turn.cursor, (*notes, *turn.notes), turn.go)


def _not_known(scene: Scene, node: model.Ask, answer: steps.NotFound) -> Turn:
    return scene.retry(node.tries, INVALID, node.on_fail)


def _not_verified(scene: Scene, node: model.Ask, answer: steps.LookUpFailed) -> Turn:
    return _accepted(scene, node, scene.cursor.entry)


def _found(scene: Scene, node: model.LookUp, answer: steps.Found) -> Turn:
    told, notes = scene.with_variables(_kept(node.keep, answer))
    if not node.says:
        return told.go(node.found, *notes)
    return Turn(told.wait(stage=TOLD).cursor, notes)


def _self_served(scene: Scene, node: model.LookUp, answer: steps.Done) -> Turn:
    return scene.go(node.found, steps.SelfServiceDone(node=scene.cursor.node))


def _scored(scene: Scene, node: model.Survey, answer: steps.Keys) -> Turn:
    keys = answer.keys
    if not (len(keys) == 1 and keys in "0123456789" and node.low <= int(keys) <= node.high):
        return scene.retry(node.tries, INVALID if keys else "", node.next)
    note = steps.SurveyScored(question=node.question, score=int(keys))
    if not node.thanks:
        return scene.go(node.next, note)
    return Turn(scene.wait(stage=TOLD).cursor, (note,))


def _recorded(scene: Scene, node: model.Voicemail, answer: steps.Returned) -> Turn:
    return scene.go(node.next if answer.result == "stored" else node.on_empty or node.next)


def _returned(good: str) -> Callable[[Scene, Any, Any], Turn]:
    """``good`` leads on; any other result to its branch, or the node's own way out."""

    def answered(scene: Scene, node: Any, answer: steps.Returned) -> Turn:
        if answer.result == good:
            return scene.go(node.next)
        return scene.go(node.branches.get(answer.result, node.otherwise))

    return answered


ANSWERED: dict[tuple[type, str, type], Callable[[Scene, Any, Any], Turn]] = {
    (model.Say, "", steps.Done): _said,
    (model.Consent, "", steps.Done): _consent_heard,
    (model.Consent, "", steps.Keys): _consent_answered,
    (model.Menu, "", steps.Keys): _choice_made,
    (model.ChooseLanguage, "", steps.Keys): _language_chosen,
    (model.Ask, "", steps.Keys): _entered,
    (model.Ask, CONFIRM, steps.Keys): _confirmed,
    (model.Ask, VERIFY, steps.Found): _verified,
    (model.Ask, VERIFY, steps.NotFound): _not_known,
    (model.Ask, VERIFY, steps.LookUpFailed): _not_verified,
    (model.LookUp, "", steps.Found): _found,
    (model.LookUp, "", steps.NotFound): lambda scene, node, answer: scene.go(node.not_found),
    (model.LookUp, "", steps.LookUpFailed): lambda scene, node, answer: scene.go(node.failed),
    (model.LookUp, TOLD, steps.Done): _self_served,
    (model.Queue, "", steps.Returned): _returned("served"),
    (model.Voicemail, "", steps.Returned): _recorded,
    (model.Transfer, "", steps.Returned): _returned("answered"),
    (model.Survey, "", steps.Keys): _scored,
    (model.Survey, TOLD, steps.Done): lambda scene, node, answer: scene.go(node.next),
    (model.Script, "", steps.Returned): _returned("ok"),
    (model.HangUp, TOLD, steps.Done): lambda scene, node, answer: scene.wait(stage=OVER),
}


def _kept(keep: Mapping[str, str], answer: steps.Found) -> dict[str, str]:
    return {keep[name]: answer.values[name] for name in keep if name in answer.values}


def _key_of(scene: Scene, node: model.LookUp) -> str:
    return scene.value_of(node.key) if node.key else scene.facts.number


def _number_of(scene: Scene, node: model.Transfer) -> str:
    return clean_number(scene.value_of(node.variable) if node.variable else node.to)
