"""Narrowing the legal list, and choosing cases of it to decide about together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from collector.casework.views.lapsing import Line
from collector.casework.views.negotiators import negotiators
from collector.foundation.errors import BadInput
from collector.history.rules import ReferralState, Route
from collector.law.rules import ClockKind
from collector.web.pages.legal_batch import BOX, FiledShown
from collector.web.templating import Choice, Table, choices
from collector.web.words import Words

NOT_REFERRED = "not_referred"
STATES = (NOT_REFERRED, ReferralState.proposed.value, ReferralState.accepted.value)


@dataclass(frozen=True)
class Narrow:
    """What the list is narrowed to; empty: everything."""

    route: str = ""
    state: str = ""
    clock: str = ""

    @property
    def is_any(self) -> bool:
        return bool(self.route or self.state or self.clock)

    def takes(self, line: Line) -> bool:
        state = line.referral.state.value if line.referral else NOT_REFERRED
        first = line.first.kind.value if line.first else ""
        return self.route in ("", (line.route or "none")) and self.state in ("", state) and self.clock in ("", first)


def narrow_by(route: str, state: str, clock: str) -> Narrow:
    """From an address; a word that is none is a `BadInput`."""
    known = (("route", route, [*Route, "none"]), ("state", state, STATES), ("clock", clock, [*ClockKind]))
    for name, word, words in known:
        if word and word not in words:
            raise BadInput(f"{name}: choose one of the list")
    return Narrow(route, state, clock)


@dataclass(frozen=True)
class Picked:
    value: str
    words: str
    on: bool


@dataclass(frozen=True)
class Filter:
    name: str
    words: str
    all: str
    options: Sequence[Picked]


def filters(narrow: Narrow, t: Words) -> list[Filter]:
    routes = [*(one.value for one in Route), "none"]
    return [
        _filter("route", t("Route"), t("every route"), routes, narrow.route, t),
        _filter("state", t("Referral"), t("referred or not"), STATES, narrow.state, t),
        _filter("clock", t("What is lost"), t("every clock"), [one.value for one in ClockKind], narrow.clock, t),
    ]


def _filter(name: str, words: str, every: str, values: Iterable[str], chosen: str, t: Words) -> Filter:
    return Filter(name, words, every, [Picked(one, t.word(one), one == chosen) for one in values])


@dataclass(frozen=True)
class Choosing:
    """The list with a box before each case that is referred, and what may be done with those ticked."""

    table: Table
    boxes: Sequence[tuple[str, str]]
    """By row: name of its box and of the account; empty: no box."""
    may_decide: bool
    routes: Sequence[Choice]
    people: Sequence[Choice]
    filings: Sequence[FiledShown]
    filters: Sequence[Filter]
    is_narrowed: bool


def choosing(
    session: Session,
    shown: Sequence[Line],
    listed: Table,
    *,
    may_decide: bool,
    filed: Sequence[FiledShown],
    narrow: Narrow,
    t: Words,
) -> Choosing:
    boxes = [(f"{BOX}{line.referral.id}", line.key) if line.referral and may_decide else ("", "") for line in shown]
    may_talk = {
        user.id: user.display_name or user.name
        for book in sorted({line.portfolio_id for line in shown if line.referral})
        for user in negotiators(session, book)
    }
    people = [Choice(str(number), name) for number, name in sorted(may_talk.items(), key=lambda one: one[1])]
    routes = choices(t, Route)
    return Choosing(listed, boxes, may_decide, routes, people, filed, filters(narrow, t), narrow.is_any)
