"""What belongs into a case file, in which order, and what is missing of it (handbook section 8). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from collector.history.rules import DocumentKind
from collector.portfolio.rules import CollectorType, PartyRole, Security
from collector.portfolio.rules.balance import Gap


class Section(StrEnum):
    """The parts of the bound document, in its order."""

    plaintiff = "plaintiff"
    parties = "parties"
    contract = "contract"
    service = "service"
    disbursement = "disbursement"
    assignment = "assignment"
    schedule = "schedule"
    payments = "payments"
    balance = "balance"
    contacts = "contacts"
    messages = "messages"
    promises = "promises"
    letters = "letters"
    visits = "visits"
    approvals = "approvals"
    limitation = "limitation"
    collateral = "collateral"
    others = "others"
    integrity = "integrity"


OF_KIND = {
    DocumentKind.plaintiff: Section.plaintiff,
    DocumentKind.identity: Section.parties,
    DocumentKind.contract: Section.contract,
    DocumentKind.signature: Section.contract,
    DocumentKind.guarantee: Section.contract,
    DocumentKind.service_address: Section.service,
    DocumentKind.disbursement: Section.disbursement,
    DocumentKind.assignment: Section.assignment,
    DocumentKind.agreement: Section.promises,
    DocumentKind.letter: Section.letters,
    DocumentKind.letter_receipt: Section.letters,
    DocumentKind.letter_returned: Section.letters,
    DocumentKind.visit: Section.visits,
    DocumentKind.approval: Section.approvals,
    DocumentKind.guarantor_consent: Section.approvals,
    DocumentKind.collateral: Section.collateral,
    DocumentKind.collateral_receipt: Section.collateral,
    DocumentKind.court: Section.others,
    DocumentKind.estate: Section.others,
    DocumentKind.other: Section.others,
}
"""Where a paper is bound."""


class Supplier(StrEnum):
    """Who can supply what is missing."""

    creditor = "creditor"
    operations = "operations"
    legal = "legal"
    tracer = "tracer"
    admin = "admin"


class Lack(StrEnum):
    """What can be missing."""

    plaintiff = "plaintiff"
    identity = "identity"
    id_number = "id_number"
    address = "address"
    contract = "contract"
    signature = "signature"
    service_address = "service_address"
    disbursement = "disbursement"
    assignment = "assignment"
    guarantee = "guarantee"
    collateral = "collateral"
    schedule = "schedule"
    parts = "parts"
    penalty_rate = "penalty_rate"
    opened_on = "opened_on"
    letter_receipt = "letter_receipt"
    originals = "originals"
    held_payments = "held_payments"
    payments_late = "payments_late"
    sealing = "sealing"
    characters = "characters"


SUPPLIERS = {
    Lack.plaintiff: Supplier.creditor,
    Lack.identity: Supplier.operations,
    Lack.id_number: Supplier.operations,
    Lack.address: Supplier.tracer,
    Lack.contract: Supplier.creditor,
    Lack.signature: Supplier.creditor,
    Lack.service_address: Supplier.creditor,
    Lack.disbursement: Supplier.creditor,
    Lack.assignment: Supplier.creditor,
    Lack.guarantee: Supplier.creditor,
    Lack.collateral: Supplier.creditor,
    Lack.schedule: Supplier.creditor,
    Lack.parts: Supplier.creditor,
    Lack.penalty_rate: Supplier.creditor,
    Lack.opened_on: Supplier.creditor,
    Lack.letter_receipt: Supplier.legal,
    Lack.originals: Supplier.operations,
    Lack.held_payments: Supplier.operations,
    Lack.payments_late: Supplier.operations,
    Lack.sealing: Supplier.admin,
    Lack.characters: Supplier.legal,
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing, who can supply it, and of whom it is (None: of the account)."""

    lack: Lack
    person_id: int | None = None

    @property
    def supplier(self) -> Supplier:
        return SUPPLIERS[self.lack]

    def __str__(self) -> str:
        return f"{self.lack}:{self.person_id}" if self.person_id else str(self.lack)


@dataclass(frozen=True, slots=True)
class Obligor:
    """Somebody who owes, and what is on file about them."""

    person_id: int
    role: PartyRole
    has_id_number: bool
    has_address: bool


@dataclass(frozen=True, slots=True)
class Have:
    """What there is. `papers`: kinds on file of the account; `identified`: people with a copy of their ID."""

    security: Security
    collector_type: CollectorType
    papers: Collection[DocumentKind]
    obligors: Collection[Obligor]
    identified: Collection[int] = field(default=())
    gaps: Collection[Gap] = field(default=())
    has_opening: bool = True
    letters: int = 0
    receipts: int = 0
    """Receipts of letters, and letters that came back."""
    originals_out: int = 0
    """Originals that are on loan or lost: a court asks for them."""
    held_payments: int = 0
    payments_current: bool = True
    """Payments are loaded up to the moment of the file."""
    unsealed: int = 0
    lacking: int = 0
    """Characters that no font could show."""


NEEDED = {
    DocumentKind.plaintiff: Lack.plaintiff,
    DocumentKind.contract: Lack.contract,
    DocumentKind.signature: Lack.signature,
    DocumentKind.service_address: Lack.service_address,
    DocumentKind.disbursement: Lack.disbursement,
}
"""Papers that every case needs."""
OF_GAP = {
    Gap.no_schedule: Lack.schedule,
    Gap.unsplit: Lack.parts,
    Gap.no_penalty_rate: Lack.penalty_rate,
}


def missing(have: Have) -> tuple[Missing, ...]:
    """Everything that is missing, in the order of the file. Empty: the file is complete."""
    return (*_papers(have), *_people(have), *_figures(have))


def _papers(have: Have) -> Iterator[Missing]:
    yield from (Missing(lack) for kind, lack in NEEDED.items() if kind not in have.papers)
    if have.collector_type is CollectorType.debt_buyer and DocumentKind.assignment not in have.papers:
        yield Missing(Lack.assignment)
    guaranteed = have.security is Security.guaranteed or any(one.role is PartyRole.guarantor for one in have.obligors)
    if guaranteed and DocumentKind.guarantee not in have.papers:
        yield Missing(Lack.guarantee)
    if have.security in (Security.mortgaged, Security.pledged) and DocumentKind.collateral not in have.papers:
        yield Missing(Lack.collateral)
    if have.letters > have.receipts:
        yield Missing(Lack.letter_receipt)
    if have.originals_out:
        yield Missing(Lack.originals)


def _people(have: Have) -> Iterator[Missing]:
    for one in sorted(have.obligors, key=lambda person: person.person_id):
        if one.person_id not in have.identified:
            yield Missing(Lack.identity, one.person_id)
        if not one.has_id_number:
            yield Missing(Lack.id_number, one.person_id)
        if not one.has_address:
            yield Missing(Lack.address, one.person_id)


def _figures(have: Have) -> Iterator[Missing]:
    yield from (Missing(lack) for gap, lack in OF_GAP.items() if gap in have.gaps)
    told = {
        Lack.opened_on: not have.has_opening,
        Lack.held_payments: have.held_payments > 0,
        Lack.payments_late: not have.payments_current,
        Lack.sealing: have.unsealed > 0,
        Lack.characters: have.lacking > 0,
    }
    yield from (Missing(lack) for lack, holds in told.items() if holds)


INTERNAL = frozenset({"stage", "segment", "playbook", "cadence", "step", "level", "bucket", "tier", "value_tier"})
"""Words of an entry that are the house's own: such an entry is proved by its hash, and not shown (handbook 5)."""


def is_internal(detail: object) -> bool:
    """Whether an entry says something of how the house works, at any depth."""
    if isinstance(detail, dict):
        return any(key in INTERNAL or is_internal(part) for key, part in detail.items())
    return isinstance(detail, list) and any(is_internal(part) for part in detail)


def masked_name(name: str) -> str:
    """The first character of a third party's name."""
    text = name.strip()
    return f"{text[:1]}**" if text else ""
