"""The make-believe book as the CSV files that a creditor would hand over (design section 8, import columns)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from collector.foundation.clock import local
from collector.foundation.files import write_csv
from collector.portfolio.rules import CollectorType, LoadKind
from collector.sandbox.book.names import words
from collector.sandbox.book.statement import Line
from collector.sandbox.book.world import BookSpec, Event, Loan, Payment

PORTFOLIO: Final = words(
    "code creditor collector_type debt_type currency timezone jurisdiction language sender_name signature"
    " pay_instructions grace_days"
)
ACCOUNT: Final = words(
    "account_no card_no product partner security principal annual_rate penalty_rate opened_on matures_on autopay"
    " borrower_name id_no borrower_type phone phone_2 phone_3 email home_address work_address id_address employer"
    " timezone payday value_tier"
)
INSTALMENT: Final = words("account_no number due_on amount_due principal interest")
PAYMENT: Final = words("reference account_no card_no payer_name amount paid_at kind reverses reason")
PARTY: Final = words("account_no role name id_no phone email address employer guarantee_kind guarantee_until")
BALANCE: Final = words("account_no as_of penalty fees balance overdue")
EVENT: Final = words("account_no phone kind at details")
Cells = Sequence[str]


def write_portfolios(folder: Path, books: Iterable[BookSpec]) -> Path:
    return _write(folder / "portfolios.csv", PORTFOLIO, map(_portfolio, books))


def write_book(
    folder: Path, spec: BookSpec, loans: Sequence[Loan], payments: Iterable[Payment], ledger: Iterable[Line]
) -> dict[LoadKind, Path]:
    """The files of one portfolio, in the order in which they are loaded."""
    start = folder / spec.code.lower()
    paid = sorted(payments, key=lambda one: (one.paid_at, one.reference))
    happened = sorted((event for loan in loans for event in loan.events), key=lambda one: (one.at, one.account_no))
    callers = ((number, "call,sms") for number in spec.callers)
    return {
        LoadKind.callers: _write(_named(start, "callers"), ("number", "channels"), callers),
        LoadKind.accounts: _write(_named(start, "accounts"), ACCOUNT, map(_account, loans)),
        LoadKind.instalments: _write(_named(start, "instalments"), INSTALMENT, _instalments(loans)),
        LoadKind.payments: _write(_named(start, "payments"), PAYMENT, (_payment(one, spec) for one in paid)),
        LoadKind.parties: _write(_named(start, "parties"), PARTY, _parties(loans)),
        LoadKind.events: _write(_named(start, "events"), EVENT, map(_event, happened)),
        LoadKind.balances: _write(_named(start, "balances"), BALANCE, map(_balance, ledger)),
    }


def _named(start: Path, kind: str) -> Path:
    return start.with_name(f"{start.name}-{kind}.csv")


def _write(path: Path, header: Sequence[str], rows: Iterable[Cells]) -> Path:
    write_csv(path, header, rows)
    return path


def _major(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _portfolio(spec: BookSpec) -> Cells:
    return (
        spec.code,
        spec.creditor,
        CollectorType.creditor,
        spec.debt_type,
        spec.currency,
        spec.zone,
        spec.jurisdiction,
        spec.language,
        spec.sender_name,
        spec.signature,
        spec.pay_instructions,
        "0",
    )


def _account(loan: Loan) -> Cells:
    who = loan.borrower
    phones = [*who.phones, "", ""][:3]
    penalty = f"{float(loan.rate) * 1.5:.2f}"
    return (
        loan.account_no,
        loan.card_no,
        loan.product.name,
        loan.partner,
        loan.security,
        _major(loan.principal),
        loan.rate,
        penalty,
        _day(loan.opened_on),
        _day(loan.instalments[-1].due_on),
        "yes" if loan.autopay else "no",
        who.name,
        who.id_no,
        loan.borrower_type,
        *phones,
        who.email,
        who.home,
        who.work,
        who.registered,
        who.employer,
        who.zone or "",
        str(loan.payday or ""),
        loan.tier,
    )


def _instalments(loans: Iterable[Loan]) -> Iterator[Cells]:
    for loan in loans:
        for line in loan.instalments:
            yield (
                loan.account_no,
                str(line.number),
                _day(line.due_on),
                _major(line.amount),
                _major(line.principal),
                _major(line.interest),
            )


def _payment(paid: Payment, spec: BookSpec) -> Cells:
    return (
        paid.reference,
        paid.account_no,
        paid.card_no,
        paid.payer,
        _major(paid.amount),
        _clock(paid.paid_at, spec.zone),
        paid.kind,
        paid.reverses,
        paid.reason,
    )


def _balance(line: Line) -> Cells:
    account_no, as_of, *amounts = line
    return (account_no, _day(as_of), *map(_major, amounts))


def _clock(at: datetime, zone: str) -> str:
    return local(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def _parties(loans: Iterable[Loan]) -> Iterator[Cells]:
    for loan in loans:
        for party in loan.parties:
            who = party.human
            yield (
                loan.account_no,
                party.role,
                who.name,
                who.id_no,
                who.phones[0],
                who.email,
                who.home,
                who.employer,
                party.guarantee_kind,
                _day(party.guarantee_until),
            )


def _event(event: Event) -> Cells:
    details = json.dumps(dict(event.details), ensure_ascii=False) if event.details else ""
    return (event.account_no, event.phone, event.kind, event.at.isoformat(), details)
