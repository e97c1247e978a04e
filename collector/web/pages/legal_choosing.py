"""Narrowing the legal list, and choosing cases of it to decide about together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from collector.casework.views.lapsing import Line
from collector.casework.views.matters import Beside
from collector.casework.views.negotiators import negotiators
from collector.foundation.errors import BadInput
from collector.history.rules import ReferralState, Route
from collector.law.rules import ClockKind
from collector.legal.matters.rules import MatterStage
from collector.web.pages.legal_batch import BOX, FiledShown
from collector.web.pages.matter_lists import matter_word
from collector.web.templating import Choice, Table, choices
from collector.web.words import Words

NOT_REFERRED = "not_referred"
NO_ROUTE = "none"
ROUTES = (*(one.value for one in Route), NO_ROUTE)
CLOCKS = tuple(one.value for one in ClockKind)
STAGES = tuple(one.value for one in MatterStage)
LIVE = (ReferralState.proposed.value, ReferralState.accepted.value)
STATES = (NOT_REFERRED, *LIVE)


@dataclass(frozen=True)
class Narrow:
    """What the list is narrowed to; empty: everything."""

    route: str = ""
    state: str = ""
    clock: str = ""
    stage: str = ""

    @property
    def is_any(self) -> bool:
        return bool(self.route or self.state or self.clock or self.stage)

    @property
    def is_of_referred(self) -> bool:
        """Whether only cases that legal has can be meant."""
        return self.state in LIVE

    def takes(self, line: Line, matter: Beside | None) -> bool:
        state = line.referral.state.value if line.referral else NOT_REFERRED
        first = line.first.kind.value if line.first else ""
        stage = matter.matter.stage.value if matter else ""
        return (
            self.route in ("", line.route or NO_ROUTE)
            and self.state in ("", state)
            and self.clock in ("", first)
            and self.stage in ("", stage)
        )


def narrow_by(asked: Mapping[str, str]) -> Narrow:
    """From an address; a word that is none is a `BadInput`."""
    known = {"route": ROUTES, "state": STATES, "clock": CLOCKS, "stage": STAGES}
    chosen = {name: asked.get(name, "") for name in known}
    for name, word in chosen.items():
        if word and word not in known[name]:
            raise BadInput(f"{name}: choose one of the list")
    return Narrow(**chosen)


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
    word = t.word

    def stage(name: str) -> str:
        return matter_word(MatterStage(name), t)

    return [
        _filter("route", t("Route"), t("every route"), ROUTES, narrow.route, word),
        _filter("state", t("Referral"), t("referred or not"), STATES, narrow.state, word),
        _filter(
            "stage", t("Stage"), t("every stage"), STAGES, narrow.stage, lambda one: matter_word(MatterStage(one), t)
        ),
        _filter("clock", t("What is lost"), t("every clock"), CLOCKS, narrow.clock, word),
    ]


def _filter(
    name: str, words: str, every: str, values: Iterable[str], chosen: str, word: Callable[[str], str]
) -> Filter:
    return Filter(name, words, every, [Picked(one, word(one), one == chosen) for one in values])


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
