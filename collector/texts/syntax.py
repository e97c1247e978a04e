"""What may stand in the body of a template: the allowed nodes, filters and comparisons, and what is printed.

Source: security.md section 2, SMS templates. Nothing here is ever run on a tree that has a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from collector.foundation.errors import Problem
from collector.texts.rules import (
    SPEAKING,
    VARIABLES,
    Kind,
    Purpose,
    allowed_variables,
    fixed_figures,
    fixed_references,
    needed_variables,
    words_of_debt,
)

_ALLOWED_NODES: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
# Python's own compiler has limits on nesting; no honest template comes near this one.
_MAX_DEPTH: Final = 12
_TOO_DEEP: Final = Problem("the template is nested too deeply")
_COMPARISONS: Final = frozenset({"eq", "ne"})
_FILTERS: Final[Mapping[str, Callable[[str], str]]] = {"lower": str.lower, "trim": str.strip, "upper": str.upper}


class Named(Protocol):
    """A variable as far as its syntax goes."""

    @property
    def kind(self) -> Kind: ...


def _environment() -> ImmutableSandboxedEnvironment:
    # No host's autoescape: a text message is plain, and the pages that show it escape it themselves.
    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    env.globals.clear()
    env.tests.clear()
    env.filters.clear()
    env.filters.update(_FILTERS)
    return env


ENVIRONMENT: Final = _environment()


def read_body(body: str, purpose: Purpose, language: str) -> tuple[nodes.Template, list[Problem]]:
    """The tree of a body and everything wrong with it; lines count from the body's own first one."""
    try:
        tree = ENVIRONMENT.parse(body)
    except TemplateSyntaxError as error:
        return nodes.Template([]), [Problem(error.message or "this is no template", line=error.lineno)]
    except RecursionError:
        return nodes.Template([]), [_TOO_DEEP]
    if _too_deep(tree):
        return tree, [_TOO_DEEP]
    return tree, _node_problems(tree, VARIABLES) or _wording_problems(tree, purpose, language)


def read_piece(source: str, variables: Mapping[str, Named]) -> tuple[nodes.Template, list[Problem]]:
    """The same of a piece of a letter, which may print these variables: whatever it is for, no amount, date, link or
    long number stands in its fixed words."""
    try:
        tree = ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        return nodes.Template([]), [Problem(error.message or "this is no template")]
    except RecursionError:
        return nodes.Template([]), [_TOO_DEEP]
    if _too_deep(tree):
        return tree, [_TOO_DEEP]
    return tree, _node_problems(tree, variables) or list(_fixed_problems(tree))


def _too_deep(tree: nodes.Template) -> bool:
    level: list[nodes.Node] = [tree]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
    return bool(level)


def _node_problems(tree: nodes.Template, variables: Mapping[str, Named]) -> list[Problem]:
    found = [problem for node in _every(tree) for problem in _refused(node, variables)]
    for output in tree.find_all(nodes.Output):
        found += [problem for node in output.nodes for problem in _unprintable(node, variables)]
    return found


def _every(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _every(child)


def _refused(node: nodes.Node, variables: Mapping[str, Named]) -> Iterator[Problem]:
    line = node.lineno
    if not isinstance(node, _ALLOWED_NODES):
        yield Problem(f"'{type(node).__name__}' is not allowed in a text: print variables, ask with if", line=line)
    elif isinstance(node, nodes.Name) and node.name not in variables:
        yield Problem(f"there is no variable '{node.name}'", line=line)
    elif isinstance(node, nodes.Filter) and (node.name not in _FILTERS or _has_arguments(node)):
        yield Problem(f"the filters are {', '.join(_FILTERS)}, without arguments", line=line)
    elif isinstance(node, nodes.Operand) and node.op not in _COMPARISONS:
        yield Problem("values are compared with == and != only", line=line)


def _has_arguments(node: nodes.Filter) -> bool:
    return bool(node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)


def _unprintable(node: nodes.Node, variables: Mapping[str, Named]) -> Iterator[Problem]:
    """Only text variables are printed, filtered or not: a printed literal could hide a number, a flag says 'True'."""
    inner: nodes.Node | None = node
    while isinstance(inner, nodes.Filter):
        inner = inner.node
    if isinstance(inner, nodes.TemplateData):
        return
    if not isinstance(inner, nodes.Name):
        yield Problem("only a variable can be printed", line=node.lineno)
    elif inner.name in variables and variables[inner.name].kind is Kind.flag:
        yield Problem(f"'{inner.name}' is yes or no: ask about it with if", line=node.lineno)


def _wording_problems(tree: nodes.Template, purpose: Purpose, language: str) -> list[Problem]:
    """What a body says that its purpose or its language does not allow, or fails to say."""
    return [*_purpose_problems(tree, purpose), *_language_problems(tree, purpose, language)]


def _purpose_problems(tree: nodes.Template, purpose: Purpose) -> Iterator[Problem]:
    for node in tree.find_all(nodes.Name):
        if node.name not in allowed_variables(purpose):
            yield Problem(f"a text of purpose {purpose} may not name '{node.name}'", line=node.lineno)
    yield from _fixed_problems(tree)
    for word in () if purpose in SPEAKING else words_of_debt(_fixed(tree)):
        yield Problem(f"a text of purpose {purpose} may not say '{word}'")


def _fixed(tree: nodes.Template) -> str:
    return "".join(node.data for node in tree.find_all(nodes.TemplateData))


def _fixed_problems(tree: nodes.Template) -> Iterator[Problem]:
    fixed = _fixed(tree)
    for reference in fixed_references(fixed):
        yield Problem(f"'{reference}' is a link or long number: use a variable, whose value is approved")
    for figure in fixed_figures(fixed):
        yield Problem(
            f"'{figure}' is an amount, a date or a number to call: use a variable, whose value is the account's"
        )


def _language_problems(tree: nodes.Template, purpose: Purpose, language: str) -> Iterator[Problem]:
    always = [node for output in tree.body if isinstance(output, nodes.Output) for node in output.nodes]
    printed = {name.name for node in always for name in names_in(node)}
    for missing in sorted(needed_variables(language, purpose) - printed):
        yield Problem(f"a text in '{language}' must always print '{missing}' ({VARIABLES[missing].meaning})")
    if language == "zh" and "signature" in printed and not _starts_with_signature(tree):
        yield Problem("a Chinese text starts with {{ signature }}", line=1)


def _starts_with_signature(tree: nodes.Template) -> bool:
    first = tree.body[0]
    return isinstance(first, nodes.Output) and first.nodes[0] == nodes.Name("signature", "load")


def names_in(node: nodes.Node) -> list[nodes.Name]:
    return ([node] if isinstance(node, nodes.Name) else []) + list(node.find_all(nodes.Name))
