"""Mutants of a function: one small change of its syntax tree each, named by what stood there and what stands now."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """One changed function."""

    function: str
    """Its name in the module, with its class."""
    change: str
    """`before → after`, with a number where the same stands there more than once."""
    line: int
    build: Callable[[], ast.Module]
    """The whole module with the change; made where it is needed."""


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of every function of a module. What stands outside functions is data and is left alone."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str]] = Counter()
    for name, function in functions(tree):
        for node in (node for statement in function.body for node in ast.walk(statement)):
            if isinstance(node, ast.stmt | ast.expr | ast.comprehension):
                for before, after, replaced in _changes(node):
                    seen[name, f"{before} → {after}"] += 1
                    count = seen[name, f"{before} → {after}"]
                    change = f"{before} → {after}" + (f" #{count}" if count > 1 else "")
                    line = getattr(node, "lineno", function.lineno)
                    yield Mutant(name, change, line, partial(_with, tree, node, replaced))


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{one.name}", one) for one in node.body if isinstance(one, ast.FunctionDef))


def _with(tree: ast.Module, node: ast.AST, replaced: ast.AST) -> ast.Module:
    """A copy of the module in which one node is another one."""
    return copy.deepcopy(tree, {id(node): replaced})


def _changes(node: ast.AST) -> Iterator[tuple[str, str, ast.AST]]:
    for replaced in _variants(node):
        where = ast.copy_location(replaced, node) if isinstance(node, ast.expr | ast.stmt) else replaced
        yield _text(node), _text(where), ast.fix_missing_locations(where)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension):
        return f"for {ast.unparse(node.target)} in …" + "".join(f" if {ast.unparse(one)}" for one in node.ifs)
    if isinstance(node, ast.If | ast.While):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of that node, copies throughout."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARISONS.get(type(operator), ()):
                changed = copy.deepcopy(node)
                changed.ops[place] = other()
                yield changed
    elif isinstance(node, ast.BoolOp):
        for place in range(len(node.values)):
            left = [copy.deepcopy(value) for n, value in enumerate(node.values) if n != place]
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        changed_op = copy.deepcopy(node)
        changed_op.op = ARITHMETIC[type(node.op)]()
        yield changed_op
        yield from _numbers(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.IfExp):
        yield copy.deepcopy(node.body)
        yield copy.deepcopy(node.orelse)
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield ast.comprehension(node.target, node.iter, node.ifs[:place] + node.ifs[place + 1 :], node.is_async)
    elif isinstance(node, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)), node.body, node.orelse)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Subscript | ast.Slice | ast.Tuple | ast.List):
        yield from _numbers(node)


def _called(node: ast.Call) -> Iterator[ast.AST]:
    yield from _numbers(node)
    if isinstance(node.func, ast.Name) and node.func.id in NAMES:
        changed = copy.deepcopy(node)
        changed.func = ast.Name(NAMES[node.func.id], ast.Load())
        yield changed


def _numbers(node: ast.AST) -> Iterator[ast.AST]:
    """The node with each number that stands directly in it made one larger."""
    for field, value in ast.iter_fields(node):
        for place, part in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(part, ast.Constant) and type(part.value) is int:
                changed = copy.deepcopy(node)
                larger = ast.Constant(part.value + 1)
                if isinstance(value, list):
                    getattr(changed, field)[place] = larger
                else:
                    setattr(changed, field, larger)
                yield changed


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
