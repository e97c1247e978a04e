"""The words of clocks: which there are, what moves them, and a clock as a value with all that moved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collector.law.rules.source import Source


class ClockKind(StrEnum):
    """What can be lost by letting time pass (handbook section 8)."""

    limitation = "limitation"
    guarantee = "guarantee"
    suit_after_preservation = "suit_after_preservation"
    freeze_deposit = "freeze_deposit"
    freeze_movable = "freeze_movable"
    freeze_land = "freeze_land"
    appeal = "appeal"
    enforcement = "enforcement"
    court_date = "court_date"
    """A day that a court set: no term of law, and told of as the others are."""


FREEZES = frozenset({ClockKind.freeze_deposit, ClockKind.freeze_movable, ClockKind.freeze_land})


class Happening(StrEnum):
    """What starts, moves or ends a clock. A successful deduction is a payment."""

    payment = "payment"
    promise = "promise"
    demand_arrived = "demand_arrived"
    """A demand reached the person it names, with proof; to a guarantor it is the claim inside the guarantee period."""
    acknowledged = "acknowledged"
    """The debt was acknowledged in writing by an obligor."""
    newspaper_notice = "newspaper_notice"
    """Published for somebody who is lost."""
    stood_still = "stood_still"
    """Nobody could sue, from this day until the last; a cause whose end is not known does not count yet."""
    accelerated = "accelerated"
    """The whole debt was called due."""
    governing_law = "governing_law"
    """The place whose law counts, such as a state, and the kind of contract."""
    filed = "filed"
    """Suit, arbitration or a payment order was filed and taken in."""
    suit_ended = "suit_ended"
    """It ended without a judgment: withdrawn, or not taken up."""
    preserved = "preserved"
    """Assets were preserved before any suit."""
    frozen_deposit = "frozen_deposit"
    frozen_movable = "frozen_movable"
    frozen_land = "frozen_land"
    preservation_lifted = "preservation_lifted"
    """A freeze or a preservation was lifted, or renewed by a later one; `about` names it."""
    judgment_served = "judgment_served"
    appealed = "appealed"
    judgment_final = "judgment_final"
    """The judgment binds; the day is the last one on which it was to be performed."""
    enforcement_filed = "enforcement_filed"
    let_go = "let_go"
    """Somebody of legal decided to let the clock run out."""
    struck = "struck"
    """Another event was recorded in error; `about` names it. It counts no more."""


OF_OTHER_TABLES = frozenset({Happening.payment, Happening.promise})
"""Kept where payments and promises are; every other happening is an event of its own."""
ABOUT_ANOTHER = frozenset({Happening.preservation_lifted, Happening.struck})
FROZEN = {
    Happening.frozen_deposit: ClockKind.freeze_deposit,
    Happening.frozen_movable: ClockKind.freeze_movable,
    Happening.frozen_land: ClockKind.freeze_land,
}


class ContractKind(StrEnum):
    """As limitation tells contracts apart."""

    written = "written"
    open_account = "open_account"
    """An open account, such as a card."""


class ClockReason(StrEnum):
    """Why a clock starts where it does, or an event left a date alone."""

    shortest_of_all = "shortest_of_all"
    """The place whose law counts is not known."""
    reported = "reported"
    """There is no schedule: it starts as early as the creditor's report allows."""
    accelerated = "accelerated"
    joint = "joint"
    general = "general"
    agreed = "agreed"
    none_agreed = "none_agreed"
    guarantee_kept = "guarantee_kept"
    """The guarantor was claimed on in time; from then on limitation runs for the guarantor."""
    no_evidence = "no_evidence"
    after_the_end = "after_the_end"
    moves_nothing = "moves_nothing"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, on a local day, with what proves it as "table:id"; no evidence: only told."""

    kind: Happening
    on: date
    evidence: str = ""
    until: date | None = None
    """Of `stood_still`: its last day."""
    person_id: int | None = None
    """The guarantor whom it was done to or by; None: the side of the borrower, or the account as a whole."""
    number: int = 0
    """Its own id, where it has one."""
    about: int | None = None
    place: str | None = None
    contract: ContractKind | None = None
    clock: str | None = None
    """Of `let_go`: the key of the clock."""


@dataclass(frozen=True, slots=True)
class Move:
    """An event, and where it put each date; None: it left that one alone, for the reason given."""

    event: Event
    legal_on: date | None
    cautious_on: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A right that lapses. Each date is the last day on which the right can still be used."""

    kind: ClockKind
    legal_on: date
    cautious_on: date
    """Never after the legal one: what is lost first if everything doubtful is decided against us."""
    source: Source
    reasons: tuple[str, ...] = ()
    """Why it starts where it does; codes, for pages to word."""
    moves: tuple[Move, ...] = ()
    met: Event | None = None
    """What was done in time: the clock runs no more."""
    let_go: Event | None = None
    person_id: int | None = None
    """The guarantor, of a guarantee period."""
    about: int | None = None
    """The event it began with, of terms of court."""

    @property
    def key(self) -> str:
        """What tells it apart from the other clocks of its account."""
        tail = self.about if self.about is not None else self.person_id
        return self.kind.value if tail is None else f"{self.kind.value}:{tail}"

    @property
    def is_over(self) -> bool:
        """Done in time, or let go by somebody."""
        return self.met is not None or self.let_go is not None

    def runs(self, today: date) -> bool:
        """Whether something can still be lost: not over, and by law not lapsed."""
        return not self.is_over and self.legal_on >= today

    def lapsed(self, today: date) -> bool:
        """Whether the cautious date passed with nothing done."""
        return not self.is_over and self.cautious_on < today
