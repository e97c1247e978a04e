"""The words of the book (handbook section 2)."""

from __future__ import annotations

from enum import StrEnum


class CollectorType(StrEnum):
    creditor = "creditor"
    agency = "agency"
    debt_buyer = "debt_buyer"


class DebtType(StrEnum):
    """What the law distinguishes, not the product's name."""

    bank_loan = "bank_loan"
    consumer_finance = "consumer_finance"
    card = "card"
    student = "student"
    business = "business"


class Security(StrEnum):
    credit = "credit"
    guaranteed = "guaranteed"
    mortgaged = "mortgaged"
    pledged = "pledged"


class BorrowerType(StrEnum):
    white_collar = "white_collar"
    public_sector_retiree = "public_sector_retiree"
    small_business_owner = "small_business_owner"
    worker = "worker"
    student = "student"
    other = "other"


class ValueTier(StrEnum):
    premium = "premium"
    ordinary = "ordinary"
    high_risk = "high_risk"


class PartyRole(StrEnum):
    """How a person stands to an account. Only the first three owe."""

    borrower = "borrower"
    co_borrower = "co_borrower"
    guarantor = "guarantor"
    spouse = "spouse"
    relative = "relative"
    emergency_contact = "emergency_contact"
    employer = "employer"
    business_partner = "business_partner"


OBLIGORS = frozenset({PartyRole.borrower, PartyRole.co_borrower, PartyRole.guarantor})


class GuaranteeKind(StrEnum):
    """`unstated` means joint for contracts before 2021, general from 2021 (handbook section 8, to be checked)."""

    general = "general"
    joint = "joint"
    unstated = "unstated"


class PaymentKind(StrEnum):
    payment = "payment"
    reversal = "reversal"
    failed_debit = "failed_debit"


class PaymentState(StrEnum):
    """`applied` counts; `held` matches no account and waits for a person; `reversed` counted once."""

    applied = "applied"
    held = "held"
    noted = "noted"
    """Kept, moves no money: a reversal row itself, a failed debit."""
    reversed = "reversed"


class EntryKind(StrEnum):
    """A line of our own in the ledger, beside schedule and payments (handbook sections 2 and 7)."""

    waiver = "waiver"
    """Given up: the only one that lowers the debt."""
    write_off = "write_off"
    """Taken out of the creditor's books; the borrower owes it as before."""
    advance = "advance"
    """Paid to the funder in the borrower's place."""
    recourse = "recourse"
    """Of an advance, come back to who paid it."""
    cost = "cost"
    """Spent on pursuing the claim, for the borrower to bear; owed beside the schedule, as penalty is."""


class ReversalStep(StrEnum):
    """What was decided about a reversal whose payment never came."""

    wait = "wait"
    closed = "closed"


class ContactKind(StrEnum):
    phone = "phone"
    email = "email"
    address = "address"
    handle = "handle"


class ContactOwner(StrEnum):
    """Whose contact point it is, as far as is known."""

    own = "own"
    work = "work"
    third_party = "third_party"
    stranger = "stranger"


class ContactStatus(StrEnum):
    active = "active"
    wrong = "wrong"
    """A stranger answered, or the person said so: never dialled again for this person."""
    given_up = "given_up"
    """3:3:3 spent: kept with its evidence, not dialled until verified again."""
    struck = "struck"


class LoadKind(StrEnum):
    portfolios = "portfolios"
    callers = "callers"
    accounts = "accounts"
    instalments = "instalments"
    payments = "payments"
    parties = "parties"
    events = "events"
    balances = "balances"


class UploadState(StrEnum):
    """Of a file that somebody brought. `loading` with nobody at it is one that was interrupted."""

    waiting = "waiting"
    loading = "loading"
    loaded = "loaded"
    failed = "failed"
    dropped = "dropped"
    """Discarded by its user, or past its time."""


class LedgerKind(StrEnum):
    bank = "bank"
    card = "card"
