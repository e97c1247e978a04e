"""What nobody tried, as the floor tells it: reasons by ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.casework.views.untouched import AGES, Untouched, Why
from collector.foundation.money import brief
from collector.web.pages.floor_telling import query_of
from collector.web.words import Words


@dataclass(frozen=True)
class QuietCell:
    """Accounts of one reason and age; `money`: what is overdue on them."""

    accounts: int
    money: str
    href: str


@dataclass(frozen=True)
class QuietRow:
    words: str
    cells: Sequence[QuietCell]


@dataclass(frozen=True)
class Quiet:
    ages: Sequence[str]
    rows: Sequence[QuietRow]


REASONS = (
    Why.beyond_capacity,
    Why.refused_by_rule,
    Why.no_phone,
    Why.not_due,
    Why.in_plan,
    Why.promise_open,
    Why.on_hold,
    Why.disputed,
    Why.referred,
)
"""What somebody can do something about stands first."""


def age_words(place: int) -> str:
    first, last = AGES[place]
    return f"{first}–{last}" if last is not None else f">{first - 1}"


def untouched(rows: Sequence[Untouched], book: int | None, t: Words) -> Quiet:
    """Reasons by ages."""
    found: dict[tuple[Why, int], list[Untouched]] = {}
    for one in sorted(rows, key=lambda one: one.currency):
        found.setdefault((one.why, one.age), []).append(one)

    def cell(why: Why, age: int) -> QuietCell:
        here = found.get((why, age), [])
        money = " ".join(brief(one.overdue, one.currency, t.language) for one in here)
        return QuietCell(sum(one.accounts for one in here), money, f"/floor/untouched/{why}/{age}{query_of(book)}")

    ages = range(len(AGES))
    named = [why for why in REASONS if any((why, age) in found for age in ages)]
    return Quiet(
        [age_words(age) for age in ages], [QuietRow(t.word(why), [cell(why, age) for age in ages]) for why in named]
    )
