"""The columns of every kind of file (design section 8): one place that loads, rejects and explains them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.foundation.errors import BadInput
from collector.foundation.files import read_json
from collector.portfolio.loading import parsing, phones
from collector.portfolio.loading.parsing import MUST, Book, ParseColumn
from collector.portfolio.rules import (
    BorrowerType,
    CollectorType,
    DebtType,
    GuaranteeKind,
    LoadKind,
    PartyRole,
    PaymentKind,
    Security,
    ValueTier,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `required` asks for the column in the header; `blank` is what an empty cell means, or MUST."""

    name: str
    parse: ParseColumn
    help: str
    required: bool = False
    blank: Any = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of file. `key`: the columns that make a row one thing; a second such row in a file is refused."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    may_be_empty: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _must(name: str, parse: ParseColumn, help: str) -> Column:
    return Column(name, parse, help, required=True, blank=MUST)


def _channels(cell: str, _: Book) -> str:
    words = sorted({word.strip().lower() for word in re.split(r"[,;+ ]+", cell) if word.strip()})
    if not words or not set(words) <= {"call", "sms"}:
        raise BadInput(f"{cell[:40]!r} is not made of call and sms")
    return ",".join(words)


JURISDICTIONS = ("cn", "us", "in", "uk", "house")


def _jurisdiction(cell: str, _: Book) -> str:
    if cell.lower() not in JURISDICTIONS:
        raise BadInput(f"{cell[:40]!r} is not one of {', '.join(JURISDICTIONS)}")
    return cell.lower()


CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")


def _code(cell: str, _: Book) -> str:
    if CODE.fullmatch(cell) is None:
        raise BadInput("must be 1 to 32 letters, digits, - _ . and start with a letter or digit")
    return cell


SLUG = re.compile(r"[a-z][a-z0-9_]{0,31}")


def _slug(cell: str, _: Book) -> str:
    if SLUG.fullmatch(cell.lower()) is None:
        raise BadInput(f"{cell[:40]!r} is not a word of letters, digits and _")
    return cell.lower()


def _details(cell: str, _: Book) -> Mapping[str, Any]:
    """ "key=value; key=value", or a JSON object."""
    if not cell.startswith("{"):
        pairs = [part.partition("=") for part in cell.split(";") if part.strip()]
        if any(not sign or not name.strip() for name, sign, _value in pairs):
            raise BadInput("is neither key=value; key=value nor a JSON object")
        return {name.strip(): value.strip() for name, _sign, value in pairs}
    return dict(read_json(cell, "details"))


details = parsing.each(_details)
ADDRESS = parsing.text(300)

PORTFOLIOS = Shape(
    (
        _must("code", parsing.each(_code), "short name of the portfolio, the CODE of CODE/NO"),
        _must("creditor", parsing.text(), "to whom the debts are owed"),
        _must("collector_type", parsing.word(CollectorType), "who collects: creditor, agency or debt_buyer"),
        _must("debt_type", parsing.word(DebtType), "what the law distinguishes: bank_loan, card ..."),
        _must("currency", parsing.currency, "ISO 4217; fixed once accounts are loaded"),
        _must("timezone", parsing.zone_name, "IANA zone of its calendar; fixed once accounts are loaded"),
        _must("jurisdiction", parsing.each(_jurisdiction), "pack of contact rules: cn, us, in, uk or house"),
        _must("language", parsing.language, "language of messages, where an account names none"),
        _must("sender_name", parsing.text(), "who signs messages"),
        Column("signature", parsing.text(), "signature in front of domestic SMS", blank=""),
        Column("pay_instructions", parsing.text(1000), "approved ways to pay", blank=""),
        Column("grace_days", parsing.number(0, 60), "days after the due date that do not count as late", blank=0),
    ),
    key=("code",),
)

CALLERS = Shape(
    (
        Column("portfolio", parsing.each(_code), "code, where the command names no portfolio"),
        _must("number", phones.dialled, "the creditor's own registered number, in the country of the portfolio"),
        Column("channels", parsing.each(_channels), "call, sms or both", blank="call,sms"),
    ),
    key=(),
)

ACCOUNTS = Shape(
    (
        _must("account_no", parsing.key, "the creditor's number of the contract"),
        _must("borrower_name", parsing.text(), "full name as in the contract"),
        Column("card_no", parsing.key, "card or repayment account, by which payments are matched"),
        Column("product", parsing.text(60), "cash, auto, mortgage, card, student ...", blank="cash"),
        Column("partner", parsing.text(), "dealer, school, guarantee company, insurer"),
        Column("security", parsing.word(Security), "credit, guaranteed, mortgaged, pledged", blank="credit"),
        Column("principal", parsing.amount, "amount lent, major units", blank=0),
        Column("annual_rate", parsing.percent, "percent a year"),
        Column("penalty_rate", parsing.percent, "percent a year"),
        Column("opened_on", parsing.day, "date of the contract"),
        Column("matures_on", parsing.day, "date of the last instalment"),
        Column("autopay", parsing.flag, "yes where the creditor debits by itself", blank=False),
        Column("arbitration", parsing.flag, "yes where the contract sends disputes to arbitration", blank=False),
        Column("notarised", parsing.flag, "yes where a notary made it enforceable without a judgment", blank=False),
        Column("service_address", parsing.flag, "yes where an address for service was agreed", blank=False),
        Column("id_type", parsing.each(_slug), "kind of ID; cn_id is checked by its checksum"),
        Column("id_no", parsing.each(lambda cell, _: cell), "ID number; kept sealed"),
        Column("borrower_type", parsing.word(BorrowerType), "playbook of the borrower", blank="other"),
        Column("phone", phones.phones, "first phone"),
        Column("phone_2", phones.phones, "second phone"),
        Column("phone_3", phones.phones, "third phone"),
        Column("email", parsing.email, "e-mail address"),
        Column("home_address", ADDRESS, "where the borrower lives"),
        Column("work_address", ADDRESS, "where the borrower works"),
        Column("id_address", ADDRESS, "registered on the ID card"),
        Column("employer", parsing.text(), "name of the employer"),
        Column("language", parsing.language, "of this borrower, where it differs"),
        Column("timezone", parsing.zone_name, "of this borrower, where it differs"),
        Column("payday", parsing.number(1, 31), "day of the month on which wages arrive"),
        Column("value_tier", parsing.word(ValueTier), "premium, ordinary, high_risk", blank="ordinary"),
        Column("as_of", parsing.day, "day of the four reported columns, for books without a schedule"),
        Column("overdue_days_min", parsing.number(0, 99_999), "reported lateness: at least so many days"),
        Column("overdue_days_max", parsing.number(0, 99_999), "at most so many; empty: or more"),
        Column("overdue_amount", parsing.amount, "reported overdue, major units"),
        Column("balance", parsing.amount, "reported total owed, major units"),
    ),
    key=("account_no",),
)

INSTALMENTS = Shape(
    (
        _must("account_no", parsing.key, "account of the portfolio"),
        _must("number", parsing.number(1, 9_999), "of the instalment, from 1"),
        _must("due_on", parsing.day, "due date"),
        _must("amount_due", parsing.amount, "all that is due, major units"),
        Column("principal", parsing.amount, "part of it"),
        Column("interest", parsing.amount, "part of it"),
        Column("fee", parsing.amount, "part of it"),
    ),
    key=("account_no", "number"),
)

PAYMENTS = Shape(
    (
        _must("reference", parsing.key, "the payment system's own number of the payment"),
        Column("account_no", parsing.key, "account; without it card_no is used"),
        Column("card_no", parsing.key, "card or repayment account"),
        Column("payer_name", parsing.text(), "tells accounts on one card apart"),
        _must("amount", parsing.positive_amount, "major units, more than zero"),
        _must("paid_at", parsing.past_moment, "time; without offset on the portfolio's clock, a bare date from 00:00"),
        Column("kind", parsing.word(PaymentKind), "payment, reversal or failed_debit", blank="payment"),
        Column("reverses", parsing.key, "of a reversal: the reference of the whole payment it takes back"),
        Column("reason", parsing.text(), "of a failed debit or a reversal"),
    ),
    key=("reference",),
    may_be_empty=True,
)

PARTIES = Shape(
    (
        _must("account_no", parsing.key, "account of the portfolio"),
        _must("role", parsing.word(PartyRole), "how the person stands to the account"),
        _must("name", parsing.text(), "full name"),
        Column("id_type", parsing.each(_slug), "kind of ID; cn_id is checked by its checksum"),
        Column("id_no", parsing.each(lambda cell, _: cell), "ID number; kept sealed"),
        Column("phone", phones.phones, "the person's own phone"),
        Column("email", parsing.email, "e-mail address"),
        Column("address", ADDRESS, "where the person lives"),
        Column("employer", parsing.text(), "name of the employer"),
        Column("guarantee_kind", parsing.word(GuaranteeKind), "of a guarantor: general, joint, unstated"),
        Column("guarantee_until", parsing.day, "of a guarantor: last day of the guarantee period"),
    ),
    key=("account_no", "role", "name", "id_no"),
)

EVENTS = Shape(
    (
        _must("account_no", parsing.key, "account of the portfolio"),
        Column("phone", phones.phones, "number that it was about"),
        _must("kind", parsing.each(_slug), "stop, consent, attempt, outcome, promise, dispute ..."),
        _must("at", parsing.past_moment, "when; without offset on the portfolio's clock"),
        Column("details", details, "key=value; key=value, or a JSON object"),
    ),
    key=(),
    may_be_empty=True,
)

BALANCES = Shape(
    (
        _must("account_no", parsing.key, "account of the portfolio; one that is not here is listed as a difference"),
        _must("as_of", parsing.day, "day at whose end the creditor's ledger says so"),
        Column("principal", parsing.amount, "still owed of the principal, major units"),
        Column("interest", parsing.amount, "still owed of the interest"),
        Column("penalty", parsing.amount, "penalty interest owed"),
        Column("fees", parsing.amount, "fees owed"),
        Column("balance", parsing.amount, "all that is owed; without it the sum of the parts, principal among them"),
        Column("overdue", parsing.amount, "overdue of it"),
    ),
    key=("account_no", "as_of"),
)

SHAPES: Mapping[LoadKind, Shape] = {
    LoadKind.portfolios: PORTFOLIOS,
    LoadKind.callers: CALLERS,
    LoadKind.accounts: ACCOUNTS,
    LoadKind.instalments: INSTALMENTS,
    LoadKind.payments: PAYMENTS,
    LoadKind.parties: PARTIES,
    LoadKind.events: EVENTS,
    LoadKind.balances: BALANCES,
}
