"""The records of one account that go into its case file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from collector.audit.tables import AuditCheckpoint, AuditEntry
from collector.dispatch.tables import InboundMessage, Recording, Submission
from collector.facts.rules.lapsing import Clocks
from collector.history.rules import LetterStep
from collector.history.tables import (
    Attempt,
    Delivery,
    Dispute,
    Document,
    Hold,
    LetterEvent,
    LetterRow,
    OutcomeRow,
    Promise,
)
from collector.identity.tables import Approval
from collector.legal.matters.money import Handed
from collector.portfolio.rules import OBLIGORS, PartyRole
from collector.portfolio.rules.balance import Statement
from collector.portfolio.tables import (
    Account,
    ContactPoint,
    InstalmentBefore,
    InstalmentRow,
    Party,
    PaymentRow,
    Person,
    Portfolio,
    RateChange,
)
from collector.terms.queries import Statement as TermsStatement
from collector.terms.tables import Terms


class Somebody(NamedTuple):
    """A person on the account. `id_no` is read only of those who owe."""

    person: Person
    role: PartyRole
    party: Party | None
    id_no: str | None

    @property
    def owes(self) -> bool:
        return self.role in OBLIGORS


class Letter(NamedTuple):
    """A letter and the steps it took by then."""

    row: LetterRow
    steps: Mapping[LetterStep, LetterEvent]

    @property
    def end(self) -> LetterEvent | None:
        """What the post, or the reader, proved of it: the strongest there is."""
        for step in (LetterStep.signed, LetterStep.arrived, LetterStep.returned):
            if step in self.steps:
                return self.steps[step]
        return None


class Link(NamedTuple):
    """An entry of the audit and its place in the chain (None: not sealed yet). `before`: the hash it stands on."""

    entry: AuditEntry
    position: int | None
    entry_hash: str
    before: str
    hash: str


@dataclass(frozen=True, slots=True)
class Material:
    """Everything, oldest first."""

    account: Account
    portfolio: Portfolio
    as_of: datetime
    people: Sequence[Somebody]
    points: Sequence[ContactPoint]
    instalments: Sequence[InstalmentRow | InstalmentBefore]
    """Those that held at that moment."""
    former: Sequence[InstalmentBefore]
    """Schedules that were replaced by agreement before it."""
    payments: Sequence[PaymentRow]
    rates: Sequence[RateChange]
    statement: Statement
    attempts: Sequence[Attempt]
    outcomes: Mapping[int, OutcomeRow]
    """The newest of each attempt."""
    deliveries: Mapping[int, Delivery]
    submissions: Mapping[int, Submission]
    """By attempt."""
    recordings: Mapping[int, Recording]
    """By attempt."""
    letters: Sequence[Letter]
    """Those that were posted to somebody."""
    received: Sequence[InboundMessage]
    promises: Sequence[Promise]
    disputes: Sequence[Dispute]
    holds: Sequence[Hold]
    terms: Sequence[Terms]
    """Those that the borrower was told of."""
    closing: TermsStatement | None
    """The figures with which the account was closed."""
    approvals: Sequence[Approval]
    documents: Sequence[Document]
    """Without what is privileged, and what a later paper took the place of."""
    audit: Sequence[Link]
    checkpoint: AuditCheckpoint | None
    """The first that covers all of them."""
    held_payments: int
    originals_out: int
    """Originals on loan, or lost."""
    clocks: Clocks
    """Limitation, guarantee periods and terms of court as they stood, with what was recorded of them."""
    matter: Handed | None = None
    """Of a file for counsel: how far the suit has come, its days at court and its costs."""

    def somebody(self, person_id: int | None) -> Somebody | None:
        return next((one for one in self.people if one.person.id == person_id), None)
