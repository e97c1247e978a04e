"""How strategies are told: versions, what changed between two, and a text line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from collector.foundation.errors import BadInput
from collector.foundation.files import flow_yaml
from collector.strategy.editing import SEGMENTS, data_of, rows_of
from collector.strategy.rules import Change, ChangeKind, changes
from collector.strategy.tables import StrategyVersion
from collector.web.pages.strategy_conditions import chip
from collector.web.templating import Cell, Table, Told, table
from collector.web.words import Words

CONTEXT = 3


@dataclass(frozen=True)
class Line:
    """A line of a comparison. `kind`: added, removed, same, gap."""

    kind: str
    mark: str
    text: str


def name_of(version: StrategyVersion, t: Words) -> str:
    """As people call it."""
    if version.id is None:
        return t("the shipped one")
    if version.portfolio_id is None:
        return t("the house's version {number}", number=version.version)
    return t("version {number}", number=version.version)


def versions_table(rows: Sequence[StrategyVersion], code: str, told: Told, empty: str) -> Table:
    t = told.t
    head = [t("Version"), t("Starts"), t("Author"), t("Reason"), t("Approved by"), t("Published"), t("Digest")]
    return table(head, [_version(row, code, told) for row in rows], empty)


def _version(row: StrategyVersion, code: str, told: Told) -> list[Cell | str]:
    is_stored = row.id is not None
    return [
        Cell(name_of(row, told.t), "", f"/strategy/{code}/versions/{row.id or 0}"),
        told.moment(row.starts_at) if is_stored else "",
        row.author.removeprefix("user:"),
        Cell(row.reason, "wide"),
        (row.approver or "").removeprefix("user:"),
        told.moment(row.published_at) if is_stored else "",
        Cell(row.digest[:12], "dim"),
    ]


def changed(old: str, new: str, t: Words) -> list[str]:
    """What changed, in words; empty: nothing but comments and layout."""
    try:
        return [_told(one, t) for one in changes(data_of(old), data_of(new))]
    except BadInput:
        return [t("The draft can not be read as YAML yet; the lines below show what changed.")]


def _told(one: Change, t: Words) -> str:
    if one.part == SEGMENTS and not one.what:
        return _row(one, t)
    if one.part == SEGMENTS and one.what.startswith("when."):
        field = one.what.removeprefix("when.")
        before, after = (chip(field, value, t) for value in (one.before, one.after))
        return {
            ChangeKind.added: t("Row {name}: also asks {after}", name=one.place, after=after),
            ChangeKind.removed: t("Row {name}: no longer asks {before}", name=one.place, before=before),
        }.get(one.kind, f"{t('Row {name}', name=one.place)}: {before} → {after}")
    place = t("Row {name}", name=one.place) if one.part == SEGMENTS else one.part
    what = t.word(one.what) if one.what else one.place
    return f"{place}{' · ' if what else ''}{what}: {_value(one.before, t)} → {_value(one.after, t)}"


def _row(one: Change, t: Words) -> str:
    if one.kind is ChangeKind.added:
        return t("Row {name} is new, at place {place}", name=one.place, place=one.after)
    if one.kind is ChangeKind.removed:
        return t("Row {name} is gone", name=one.place)
    return t("Row {name} moves from place {before} to {after}", name=one.place, before=one.before, after=one.after)


def _value(value: Any, t: Words) -> str:
    if value is None:
        return t("nothing")
    text = flow_yaml({"x": value})[4:-1]
    return text if len(text) <= 120 else f"{text[:119]}…"


def lines(old: str, new: str) -> list[Line]:
    """The two texts as one, line by line; what stayed is left out but for a few lines around."""
    one, other = old.splitlines(), new.splitlines()
    found: list[Line] = []
    for group in SequenceMatcher(None, one, other, autojunk=False).get_grouped_opcodes(CONTEXT):
        if found or group[0][1]:
            found.append(Line("gap", "", f"{group[0][3] + 1}"))
        for kind, first, last, start, end in group:
            if kind == "equal":
                found += [Line("same", " ", text) for text in one[first:last]]
                continue
            found += [Line("removed", "−", text) for text in one[first:last]]
            found += [Line("added", "+", text) for text in other[start:end]]
    return found


def as_table(text: str, t: Words) -> Table:
    """The rows of a strategy, to read."""
    head = [t("No."), t("Segment"), t("Conditions"), t("Stage"), t("Level"), t("Cadence"), t("Weight")]
    return table(head, [_read_row(at, row, t) for at, row in enumerate(rows_of(text), 1)], t("There are no rows."))


def _read_row(at: int, row: Mapping[str, Any], t: Words) -> list[Cell | str]:
    when = row.get("when")
    chips = [chip(name, value, t) for name, value in when.items()] if isinstance(when, dict) else []
    name = str(row.get("name", ""))
    return [
        Cell(str(at), "num"),
        f"{name} ({t('off')})" if row.get("disabled") else name,
        Cell(" · ".join(chips) or t("takes the rest"), "wide"),
        t.word(str(row.get("stage", ""))),
        t.word(str(row.get("level", ""))),
        str(row.get("cadence") or ""),
        Cell(str(row.get("weight", 1.0)), "num"),
    ]


def starts(at: datetime, now: datetime, told: Told) -> str:
    """When a proposal begins, as its second person is told."""
    if at <= now:
        return told.t("its start, {moment}, has passed: it begins at once", moment=told.whose(at))
    return told.t("begins {moment}", moment=told.whose(at))
