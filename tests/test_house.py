"""House rules that read the whole project: what a contract of imports can not see."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import collector.app  # noqa: F401 - makes every table known
from collector.foundation.settings import Settings
from collector.texts.catalogue import Catalogue
from collector.texts.rules import samples
from collector.worker.schedule import TIMETABLE

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "collector").rglob("*.py"))
WRITTEN = [
    path
    for folder in ("collector", "scripts", "tests", "templates", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
] + [ROOT / name for name in ("README.md", "pyproject.toml", "constraints.txt")]


def floors() -> dict[str, int]:
    """Room → floor, the lowest being the highest number, from the contract itself."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    return {
        room.strip().strip("()").strip(): number
        for number, layer in enumerate(contract["layers"])
        for room in layer.split("|")
    }


def test_every_foreign_key_points_to_its_own_room_or_down() -> None:
    floor = floors()
    room_of = {
        table.name: mapper.class_.__module__.split(".")[1]
        for mapper in SQLModel._sa_registry.mappers  # type: ignore[attr-defined]
        for table in mapper.tables
    }
    upwards = [
        f"{table.name}.{key.parent.name} → {key.column.table.name}"
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if table.name in room_of and floor[room_of[table.name]] > floor[room_of[key.column.table.name]]
    ]
    assert upwards == []


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_rules_room_is_under_the_contract_of_purity() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][1]
    rooms = {
        f"collector.{path.relative_to(ROOT / 'collector').parts[0]}.rules"
        for path in SOURCES
        if "rules" in path.relative_to(ROOT / "collector").parts[1:] or path.name == "rules.py"
    }
    assert rooms - set(contract["source_modules"]) == set()


def test_the_timetable_names_each_bell_once_and_says_what_it_is_for() -> None:
    names = [bell.name for bell in TIMETABLE]
    assert len(set(names)) == len(names)
    assert all(bell.meaning and bell.every_s > 0 for bell in TIMETABLE)
    assert {"seal", "send", "reconcile", "sweep", "plan"} <= set(names)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_template_renders_in_every_language(language: str) -> None:
    catalogue = Catalogue.load()
    assert catalogue.names(language) == catalogue.names("en")
    for name in catalogue.names(language):
        template = catalogue.template(name, language)
        given = {variable: value for variable, value in samples(language).items() if variable in template.variables}
        assert template.render(given).strip()


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_actions_never_commit() -> None:
    """One request, job or command is one transaction, committed at the door (design section 3)."""
    guilty = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"\b(session|opened)\.commit\(\)", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_only_doors_read_the_clock() -> None:
    doors = {"cli", "web", "worker", "sandbox", "processes.py", "app.py"}
    guilty = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.relative_to(ROOT / "collector").parts[0] not in doors
        and path.name != "clock.py"
        and re.search(r"datetime\.now\(|time\.time\(|system_clock\(\)|date\.today\(", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_secrets_are_compared_in_constant_time() -> None:
    secret = re.compile(r"(token|secret|signature|csrf|password)\w*$")
    guilty = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Compare) or not any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
                continue
            sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
            in_sql = any(side.startswith("col(") for side in sides)
            named = any(secret.search(side.split("(")[0]) for side in sides)
            against_word = any(isinstance(side, ast.Constant) for side in node.comparators)
            if named and not in_sql and not against_word:
                guilty.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert guilty == []


def test_nothing_names_a_registry_or_a_machine() -> None:
    hosts = re.compile("|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", "deb\\.deb" + "ian"]))
    paths = re.compile(r"(?<![\w.])/(" + "|".join(["wo" + "rk", "fa" + "rm", "ro" + "ot"]) + ")/")
    guilty = []
    for path in WRITTEN:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if hosts.search(text) or paths.search(text):
            guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []
