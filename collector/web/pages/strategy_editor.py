"""The editor of a draft as values: its rows with what stands in them, what is open, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.casework.views.strategies import Held, Looked, Wrong
from collector.foundation.errors import BadInput
from collector.identity.rules import Level
from collector.portfolio.rules import BorrowerType
from collector.strategy.document import Document
from collector.strategy.editing import SEGMENTS, Row, data_of, part_of, rows_of
from collector.strategy.rules import FIELDS, Stage
from collector.web.pages.strategy_conditions import Asked, asked, chip, field_words, fresh, number, said
from collector.web.templating import Choice, Told, choices
from collector.web.words import Words

PARTS = tuple(name for name in Document.model_fields if name not in (SEGMENTS, "name"))


@dataclass(frozen=True)
class RowShown:
    """A row of the table. `change`: accounts more or less than in the version in force."""

    at: int
    number: int
    name: str
    chips: Sequence[str]
    stage: str
    level: str
    cadence: str
    weight: str
    disabled: bool
    accounts: str
    overdue: str
    change: str
    wrong: Sequence[str]
    focus: str
    """Which of its buttons is to have the focus: up, down; empty: none."""
    is_open: bool


@dataclass(frozen=True)
class RowForm:
    """The row that is open, as fields."""

    at: int
    name: str
    stages: Sequence[Choice]
    stage: str
    levels: Sequence[Choice]
    level: str
    cadences: Sequence[Choice]
    cadence: str
    weight: str
    playbooks: Sequence[Choice]
    playbook: str
    exception: bool
    conditions: Sequence[Asked]
    more: Sequence[Choice]
    """Fields that it does not ask yet."""
    wrong: Sequence[str]


@dataclass(frozen=True)
class PartShown:
    """A part beside the rows. `text`: where it is open."""

    key: str
    words: str
    is_open: bool
    text: str


@dataclass(frozen=True)
class ProblemShown:
    where: str
    href: str
    reason: str


@dataclass(frozen=True)
class Counted:
    """What stands in each segment by the draft, and by the version in force."""

    draft: Mapping[str, Held]
    in_force: Mapping[str, Held]


def rows_shown(
    rows: Sequence[Row], looked: Looked, counted: Counted | None, told: Told, opened: int | None, focus: tuple[int, str]
) -> list[RowShown]:
    return [
        _row(at, row, looked, counted, told, _focus(at, len(rows), focus), at == opened) for at, row in enumerate(rows)
    ]


def _focus(at: int, number: int, focus: tuple[int, str]) -> str:
    """Which button of the row has the focus: where the wanted one can not be pressed, the other."""
    if focus[0] != at or not focus[1]:
        return ""
    ends = {"up": at == 0, "down": at == number - 1}
    return {"up": "down", "down": "up"}[focus[1]] if ends.get(focus[1]) else focus[1]


def _row(at: int, row: Row, looked: Looked, counted: Counted | None, told: Told, focus: str, is_open: bool) -> RowShown:
    t, name, when = told.t, str(row.get("name", "")), row.get("when")
    accounts, overdue, change = _held(name, bool(row.get("disabled")), counted, told)
    return RowShown(
        at=at,
        number=at + 1,
        name=name,
        chips=[chip(field, value, t) for field, value in when.items()] if isinstance(when, dict) else [],
        stage=t.word(str(row.get("stage") or "")),
        level=t.word(str(row.get("level") or "")),
        cadence=str(row.get("cadence") or ""),
        weight=str(row.get("weight", 1.0)),
        disabled=bool(row.get("disabled")),
        accounts=accounts,
        overdue=overdue,
        change=change,
        wrong=[t.reason(one.reason) for one in looked.problems if one.row == at],
        focus=focus,
        is_open=is_open,
    )


def _held(name: str, is_off: bool, counted: Counted | None, told: Told) -> tuple[str, str, str]:
    if counted is None or is_off:
        return "", "", ""
    here, before = counted.draft.get(name, Held()), counted.in_force.get(name, Held())
    more = here.accounts - before.accounts
    return f"{here.accounts:,}", told.figure(here.overdue), f"{more:+,}" if more else ""


def row_form(text: str, at: int, looked: Looked, t: Words) -> RowForm:
    """A row as fields; one that is not there is a `BadInput`."""
    data, rows = data_of(text), rows_of(text)
    if not 0 <= at < len(rows):
        raise BadInput("there is no such row any more; look at the table again")
    row, buckets = rows[at], buckets_of(data)
    when = row.get("when") if isinstance(row.get("when"), dict) else {}
    cadences = data.get("cadences")
    names = [str(name) for name in cadences] if isinstance(cadences, dict) else []
    return RowForm(
        at=at,
        name=str(row.get("name", "")),
        stages=choices(t, Stage),
        stage=str(row.get("stage") or ""),
        levels=choices(t, Level),
        level=str(row.get("level") or ""),
        cadences=[Choice(name, name) for name in names],
        cadence=str(row.get("cadence") or ""),
        weight=str(row.get("weight", 1.0)),
        playbooks=choices(t, BorrowerType),
        playbook=str(row.get("playbook") or ""),
        exception=row.get("exception") is True,
        conditions=[asked(str(name), written, buckets, t) for name, written in (when or {}).items()],
        more=[Choice(name, field_words(name, t)) for name in FIELDS if name not in (when or {})],
        wrong=[t.reason(one.reason) for one in looked.problems if one.row == at],
    )


def buckets_of(data: Mapping[str, Any]) -> list[str]:
    buckets = data.get("buckets")
    return [str(name) for name in buckets] if isinstance(buckets, dict) else []


def row_said(text: str, at: int, fields: Mapping[str, str]) -> Row:
    """The row as the form says it. `do`: save; add a condition on `add`; or `drop FIELD`."""
    data, rows = data_of(text), rows_of(text)
    if not 0 <= at < len(rows):
        raise BadInput("there is no such row any more; look at the table again")
    before, buckets = rows[at], buckets_of(data)
    when = _when_said(before.get("when"), fields, buckets)
    row = {**before, "name": fields.get("name", "").strip() or None}
    row = {name: value for name, value in row.items() if name != "when"}
    wanted = {
        "stage": fields.get("stage", ""),
        "level": fields.get("level", ""),
        "cadence": fields.get("cadence") or None,
        "weight": number(fields.get("weight", "")),
        "playbook": fields.get("playbook") or None,
        "exception": "exception" in fields,
    }
    plain = {"cadence": None, "weight": 1, "playbook": None, "exception": False}
    for name, value in wanted.items():
        if name in before or value != plain.get(name, ""):
            row[name] = value
    for name in ("cadence", "playbook", "exception"):
        if not row.get(name):
            row.pop(name, None)
    head = {"name": row.pop("name")}
    return {**head, **({"when": when} if when else {}), **row}


def _when_said(before: Any, fields: Mapping[str, str], buckets: Sequence[str]) -> dict[str, Any]:
    held = before if isinstance(before, dict) else {}
    do = fields.get("do", "save")
    when = {
        name: said(name, fields, written, buckets)
        for name, written in held.items()
        if do != f"drop {name}" and f"has-{name}" in fields
    }
    adding = fields.get("add", "")
    if do == "add" and adding and adding not in when:
        when[adding] = fresh(adding)
    return when


def parts_shown(text: str, opened: str, t: Words) -> list[PartShown]:
    return [PartShown(key, t.word(key), key == opened, part_of(text, key) if key == opened else "") for key in PARTS]


def problems_shown(wrong: Sequence[Wrong], rows: Sequence[Row], t: Words) -> list[ProblemShown]:
    found = []
    for one in wrong:
        name = "" if one.row is None else str(rows[one.row].get("name", ""))
        places = [t("line {number}", number=one.line) if one.line else "", name]
        href = "" if one.row is None else f"?row={one.row}"
        found.append(ProblemShown(" · ".join(filter(None, places)), href, t.reason(one.reason)))
    return found
