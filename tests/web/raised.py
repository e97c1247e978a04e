"""Every sentence of a refusal that a browser can be told, read out of the source: what the test of errors asks for."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "collector"
HOLE = "…"
"""What stands where an f-string puts something in."""

AT_A_TERMINAL = {
    "__main__.py": "the command line",
    "app.py": "starting and stopping the processes",
    "processes.py": "starting and stopping the processes",
    "cli": "the command line",
    "sandbox": "the carrier of a demo, which programs talk to",
    "worker": "the background, which writes a log",
    "web/api": "programs: JSON stays English",
    "web/webhooks": "the carrier: JSON stays English",
    "audit/anchor.py": "anchors are written and checked by a command",
    "audit/rules/examine.py": "the audit trail is examined by a command",
    "casework/replay": "a strategy is tried by a command",
    "casework/strategies.py": "a strategy is brought by a command",
    "compliance": "packs of law are files of the installation; a document is checked by a command or a program",
    "dispatch/lexicon.py": "word lists are files of the installation",
    "foundation/keys.py": "keys are files of the installation",
    "foundation/logs.py": "the log is set up by settings",
    "foundation/migrating.py": "the database is upgraded by a command",
    "foundation/schema.py": "the database is made by a command",
    "foundation/settings.py": "settings are read when a process starts",
    "law/interest.py": "interest law is files of the installation",
    "legal/casefile/manifest.py": "a case file is checked by a command",
    "legal/casefile/signing.py": "a PDF is signed by a command",
    "legal/casefile/words.py": "a language is chosen by a command",
    "identity/installation.py": "the installation is made by a command",
    "law": "the law of the debt is a file of the installation",
    "reports/whose.py": "a leaked file is traced by a command",
    "strategy/allocating.py": "a strategy is brought by a command",
    "strategy/actions.py": "a strategy is brought by a command",
    "strategy/compiling.py": "a strategy is brought by a command",
    "strategy/conditions.py": "a strategy is brought by a command",
    "strategy/document": "a strategy is brought by a command",
    "strategy/reading.py": "a strategy is brought by a command",
    "strategy/routing.py": "a strategy is brought by a command",
    "strategy/rules": "a strategy is brought by a command",
    "texts": "templates are files of the installation",
}
"""Files and folders whose refusals only an operator or a program reads, and why."""

ERRORS = {
    "BadInput", "CarrierError", "CollectorError", "Conflict", "Forbidden", "NeedsApproval", "NotFound", "NotReady",
    "OnBreak", "Problem", "ReasonNeeded", "Unauthorized", "Unclear", "Wrong",
}  # fmt: skip
HANDED_ON = {
    "Fault", "ValueError", "_add", "_answer", "_bad", "_complain", "_fail", "_say", "_wrong", "fail", "refuse",
}  # fmt: skip
"""What else is given a reason, somewhere among its arguments."""
RETURNED = {
    "_place", "_resident_id_objection", "_id_objection", "_objection", "_in_plain_words", "meant", "_take",
    "why_not_approve", "why_not_step",
}  # fmt: skip
"""Functions that return a reason, or a part of one, instead of raising it."""
TABLES = {"BROKEN", "BUSY", "EMPTY", "FOREIGN", "NAMELESS", "PLAIN", "REASONS", "SELF", "WAIT", "WAIT_FOR_CODE"}
"""Constants whose texts are sentences, or parts of one."""
KEPT = {"reason", "words"}
"""Names of variables in which a sentence waits to be raised."""


def read_by_browsers() -> list[Path]:
    def excluded(path: Path) -> bool:
        name = path.relative_to(ROOT).as_posix()
        return any(name == one or name.startswith(one + "/") for one in AT_A_TERMINAL)

    return [path for path in sorted(ROOT.rglob("*.py")) if not excluded(path)]


@lru_cache(maxsize=1)
def trees() -> Mapping[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in read_by_browsers()}


@lru_cache(maxsize=1)
def constants() -> Mapping[str, Sequence[ast.expr]]:
    """The texts that have a name of their own, such as `TOO_HEAVY`; two rooms may have a name for different ones."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for tree in trees().values():
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and target.id.isupper() and value is not None:
                found[target.id].append(value)
    return found


def sentences(node: ast.expr) -> set[str]:
    """What an expression can say, with a hole for each thing that is put in; nothing where it is not said here."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr(values=parts):
            return {"".join(map(_part, parts))}
        case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
            return sentences(one) | sentences(other)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            pairs = product(sentences(left) or {HOLE}, sentences(right) or {HOLE})
            return {a + b for a, b in pairs} if sentences(left) | sentences(right) else set()
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return set().union(*map(sentences, constants().get(name, ())))
        case ast.Dict(values=values):
            return set().union(*map(sentences, values))
        case ast.Call(func=ast.Attribute(value=known, attr="get"), args=[_, *default]):
            return set().union(*map(sentences, [known, *default] if isinstance(known, ast.Dict) else default))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="format"), keywords=keywords):
            told = sentences(ast.Name(name))
            for one in keywords:
                told = {text.replace(f"{{{one.arg}}}", HOLE) for text in told}
            return told
    return set()


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    called = part.value if isinstance(part, ast.FormattedValue) else None
    guess = isinstance(called, ast.Call) and isinstance(called.func, ast.Name) and called.func.id == "meant"
    return "" if guess else HOLE  # "; did you mean …?" is a sentence of its own, and not always there


def raised() -> Iterator[tuple[str, str]]:
    """Where, and what: `casework/actions/asking.py:27`, `someone else holds this call`."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            for place, said in _said(node):
                for sentence in sentences(said):
                    if is_sentence(sentence):
                        yield f"{path.relative_to(ROOT).as_posix()}:{place}", sentence.removeprefix("; ")
            if isinstance(node, ast.ClassDef) and _is_error(node):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", _default(node)


def is_sentence(text: str) -> bool:
    """More than holes and marks: ` ` and `…: …` say nothing by themselves."""
    return any(mark.isalpha() for mark in text.replace(HOLE, "")) and " " in text.strip()


def _said(node: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        given = [*node.args, *(one.value for one in node.keywords if one.arg in ("error", "problem"))]
        if name in ERRORS:
            yield from ((node.lineno, one) for one in node.args[:1])
        elif name in HANDED_ON:
            yield from ((node.lineno, one) for one in given)
    elif isinstance(node, ast.FunctionDef) and node.name in RETURNED:
        for one in ast.walk(node):
            if isinstance(one, ast.Return) and one.value is not None:
                for part in one.value.elts if isinstance(one.value, ast.Tuple) else [one.value]:
                    yield one.lineno, part
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and target.id in TABLES | KEPT:
            yield node.lineno, node.value

    elif isinstance(node, ast.List):  # faults[row] = [("number", "the same number twice")]
        pairs = [one.elts for one in node.elts if isinstance(one, ast.Tuple) and len(one.elts) == 2]
        yield from ((node.lineno, said) for _, said in pairs if isinstance(said, ast.JoinedStr | ast.Constant))


def _is_error(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id in {*ERRORS, "Exception"} - {"Problem"} for base in node.bases)


def _default(node: ast.ClassDef) -> str:
    return (ast.get_docstring(node) or "").splitlines()[0]
