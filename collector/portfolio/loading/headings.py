"""What the columns of each kind of file hold, and what other systems call them: `headings.yaml` as a table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from collector.foundation.files import read_yaml
from collector.portfolio.loading.columns import SHAPES
from collector.portfolio.rules import (
    BorrowerType,
    CollectorType,
    DebtType,
    GuaranteeKind,
    Holds,
    LoadKind,
    PartyRole,
    PaymentKind,
    Security,
    ValueTier,
    Wanted,
)

FLAG = ("true", "false")
ENUMERATED: Mapping[tuple[LoadKind, str], type[StrEnum]] = {
    (LoadKind.portfolios, "collector_type"): CollectorType,
    (LoadKind.portfolios, "debt_type"): DebtType,
    (LoadKind.accounts, "security"): Security,
    (LoadKind.accounts, "borrower_type"): BorrowerType,
    (LoadKind.accounts, "value_tier"): ValueTier,
    (LoadKind.payments, "kind"): PaymentKind,
    (LoadKind.parties, "role"): PartyRole,
    (LoadKind.parties, "guarantee_kind"): GuaranteeKind,
}
"""Columns that take a few words only."""
FILE = Path(__file__).with_suffix(".yaml")


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Any]:
    table: Mapping[str, Any] = read_yaml(FILE)
    return table


@lru_cache(maxsize=16)
def wanted(kind: LoadKind) -> tuple[Wanted, ...]:
    """The columns of a kind, in the order in which they are shown."""
    return tuple(_wanted(kind, column.name, column.required) for column in SHAPES[kind].columns)


def _wanted(kind: LoadKind, name: str, required: bool) -> Wanted:
    entry = _known().get(f"{kind}.{name}") or _known()[name]
    return Wanted(name, Holds(entry["holds"]), required, tuple(map(str, entry["names"])))


@lru_cache(maxsize=64)
def words(kind: LoadKind, name: str) -> Mapping[str, tuple[str, ...]]:
    """The few words that a column takes, each with what other systems write for it; none for a column of any text."""
    allowed = FLAG if holds(kind)[name] is Holds.flag else tuple(ENUMERATED.get((kind, name), ()))
    known = _known()["words"]
    return {str(word): tuple(map(str, known.get(str(word), ()))) for word in allowed}


def holds(kind: LoadKind) -> Mapping[str, Holds]:
    """By column, what its cells mean."""
    return {one.name: one.holds for one in wanted(kind)}
