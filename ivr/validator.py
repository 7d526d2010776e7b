"""Whether a tree makes sense: every fault named, with the way a caller gets there. Pure.

``check`` finds nothing wrong exactly when the tree may be published; warnings forbid nothing.
"""

from collections.abc import Callable, Iterable, Iterator

from ivr import model
from ivr.findings import Finding, Severity, instead
from ivr.graph import EMERGENCY, ROOT, Ways, doors, exits_of, silent_loops, ways
from ivr.model import Tree
from ivr.node_rules import Fault, Known, faults_of
from ivr.spoken import Spoken, prompts_used, spoken_by

__all__ = ["Known", "check", "may_be_published"]


def check(tree: Tree, known: Known | None = None) -> list[Finding]:
    """Every finding, errors first. ``known``: what the house has; None: not looked at."""
    known = known or Known()
    reached = ways(tree)
    findings: list[Finding] = []
    for rule in _RULES:
        findings.extend(rule(tree, reached))
    findings.extend(_offered_languages(tree, known))
    for name, node in tree.nodes.items():
        findings.extend(_at(name, reached, fault) for fault in faults_of(node, known))
        findings.extend(_wording(tree, name, reached))
    return sorted(findings, key=lambda one: one.severity is Severity.WARNING)


def may_be_published(findings: Iterable[Finding]) -> bool:
    return all(one.severity is Severity.WARNING for one in findings)


def _at(name: str, reached: Ways, fault: Fault) -> Finding:
    return Finding(
        severity=fault.severity,
        rule=fault.rule,
        problem=fault.problem,
        advice=fault.advice,
        where=f"$.nodes.{name}" + (f".{fault.field}" if fault.field else ""),
        node=name,
        path=reached.to(name),
    )


def _of_tree(rule: str, field: str, problem: str, advice: str) -> Finding:
    return Finding(
        severity=Severity.ERROR, rule=rule, problem=problem, advice=advice, where=f"$.{field}"
    )


def _starts(tree: Tree, reached: Ways) -> Iterator[Finding]:
    for field, start in doors(tree).items():
        if start is not None and start not in tree.nodes:
            yield _of_tree(
                "dangling",
                field,
                f"no node is called {start!r}",
                instead(start, tree.nodes, "a node"),
            )


def _languages(tree: Tree, reached: Ways) -> Iterator[Finding]:
    for name, node in tree.nodes.items():
        if not isinstance(node, model.ChooseLanguage):
            continue
        for language in sorted({*node.choices.values(), node.otherwise} - {*tree.languages}):
            fault = Fault(
                "language",
                "",
                f"offers {language}, which this tree does not speak",
                'add it to "languages" and word every prompt in it',
            )
            yield _at(name, reached, fault)


def _offered_languages(tree: Tree, known: Known) -> Iterator[Finding]:
    voices = known.languages
    for index, language in enumerate(tree.languages):
        if voices is not None and language not in voices:
            advice = instead(language, voices, "a language with a voice")
            problem = f"there is no voice for {language}"
            yield _of_tree("language", f"languages[{index}]", problem, advice)


def _dangling(tree: Tree, reached: Ways) -> Iterator[Finding]:
    for name, node in tree.nodes.items():
        for one in exits_of(node):
            if one.target not in tree.nodes:
                problem = f"leads to {one.target!r}, which is not there"
                advice = instead(one.target, tree.nodes, "a node")
                yield _at(name, reached, Fault("dangling", one.field, problem, advice))


def _unreachable(tree: Tree, reached: Ways) -> Iterator[Finding]:
    for name in tree.nodes:
        if name not in reached.steps:
            fault = Fault(
                "unreachable",
                "",
                "no caller gets here",
                "lead a key or a next to it, or take it out",
                Severity.WARNING,
            )
            yield _at(name, reached, fault)


def _loops(tree: Tree, reached: Ways) -> Iterator[Finding]:
    for loop in silent_loops(tree):
        circle = " > ".join((*loop, loop[0]))
        fault = Fault(
            "looping",
            "",
            f"a caller who does nothing goes round for ever: {circle}",
            "lead a timeout or a next out of the circle, at last to a hangup",
        )
        yield _at(loop[0], reached, fault)


def _depth(tree: Tree, reached: Ways) -> Iterator[Finding]:
    limit = tree.limits.max_steps
    deep = [name for name, steps in reached.steps.items() if steps > limit]
    if deep:
        fault = Fault(
            "too_deep",
            "",
            f"{len(deep)} nodes from here on are beyond the limit of {limit} steps",
            'raise "limits.max_steps" or shorten the way',
        )
        yield _at(deep[0], reached, fault)


def _consent(tree: Tree, reached: Ways) -> Iterator[Finding]:
    unasked = ways(tree, (ROOT, EMERGENCY), lambda node: isinstance(node, model.Consent))
    for name, node in tree.nodes.items():
        if isinstance(node, model.Queue) and name in unasked.steps:
            fault = Fault(
                "no_consent",
                "",
                "callers can get here without having been told of recording",
                "their talks are not recorded; put a consent node on the way",
                Severity.WARNING,
            )
            yield _at(name, unasked, fault)


def _wording(tree: Tree, name: str, reached: Ways) -> Iterator[Finding]:
    for spoken in spoken_by(tree.nodes[name]):
        for problem, advice in _unsaid(tree, spoken):
            yield _at(name, reached, Fault("missing_prompt", spoken.field, problem, advice))


def _unsaid(tree: Tree, spoken: Spoken) -> Iterator[tuple[str, str]]:
    if spoken.prefix is not None:
        if not any(prompt.startswith(spoken.prefix) for prompt in tree.prompts):
            problem = f"no prompt begins with {spoken.prefix!r}"
            yield problem, f"add one for each value of {spoken.variable!r}"
        return
    if not spoken.prompt:
        return
    wordings = tree.prompts.get(spoken.prompt)
    if wordings is None:
        advice = instead(spoken.prompt, tree.prompts, "a prompt")
        yield f"prompt {spoken.prompt!r} is not there", advice
        return
    for language in tree.languages:
        wording = wordings.get(language)
        if wording is None or not (wording.text.strip() or wording.audio):
            advice = f'write "{language}" under $.prompts.{spoken.prompt}'
            yield f"prompt {spoken.prompt!r} has no words in {language}", advice


def _unset_variables(tree: Tree, reached: Ways) -> Iterator[Finding]:
    is_set = {name for node in tree.nodes.values() for name in _sets(node)}
    for name, node in tree.nodes.items():
        used = [(one.variable, one.field) for one in spoken_by(node) if one.variable]
        for variable, field in [*used, *_reads(node)]:
            if variable not in is_set:
                fault = Fault(
                    "unset_variable",
                    field,
                    f"nothing in this tree sets {variable!r}",
                    "let it be unless the customer's data has it",
                    Severity.WARNING,
                )
                yield _at(name, reached, fault)


def _spoken_secrets(tree: Tree, reached: Ways) -> Iterator[Finding]:
    secrets = {
        node.variable for node in tree.nodes.values() if isinstance(node, model.Ask) and node.secret
    }
    for name, node in tree.nodes.items():
        for one in spoken_by(node):
            if one.variable in secrets:
                problem = f"says {one.variable!r}, which is a secret"
                yield _at(name, reached, Fault("secret", one.field, problem, "leave it unsaid"))


def _unused_prompts(tree: Tree, reached: Ways) -> Iterator[Finding]:
    used = prompts_used(tree)
    for prompt in tree.prompts:
        if prompt not in used:
            yield Finding(
                severity=Severity.WARNING,
                rule="unused_prompt",
                problem="no node says it",
                advice="take it out, or say it",
                where=f"$.prompts.{prompt}",
            )


def _sets(node: model.Node) -> Iterator[str]:
    if isinstance(node, model.Ask | model.Set):
        yield node.variable
    if isinstance(node, model.Ask) and isinstance(node.check, model.KnownTo):
        yield from node.check.keep.values()
    if isinstance(node, model.LookUp):
        yield from node.keep.values()
    if isinstance(node, model.Menu) and node.staff:
        yield node.staff.variable


def _reads(node: model.Node) -> Iterator[tuple[str, str]]:
    if isinstance(node, model.LookUp) and node.key:
        yield node.key, "key"
    if isinstance(node, model.Queue) and node.staff:
        yield node.staff, "staff"
    if isinstance(node, model.Transfer) and node.variable:
        yield node.variable, "variable"
    if isinstance(node, model.Branch):
        for index, case in enumerate(node.cases):
            if isinstance(case, model.VariableIs):
                yield case.variable, f"cases[{index}].variable"


_RULES: tuple[Callable[[Tree, Ways], Iterator[Finding]], ...] = (
    _starts,
    _languages,
    _dangling,
    _unreachable,
    _loops,
    _depth,
    _consent,
    _spoken_secrets,
    _unset_variables,
    _unused_prompts,
)
