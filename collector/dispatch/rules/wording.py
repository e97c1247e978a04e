"""The values a message is written with: finished strings, in the reader's language and the portfolio's own terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime

from collector.facts.rules import AccountFacts, PromiseFact, extra_of, lateness
from collector.foundation.clock import local, zone
from collector.foundation.money import exponent, shown
from collector.portfolio.rules import CollectorType
from collector.texts.rules import (
    DEFAULTS,
    Value,
    fixed_figures,
    foreign_figures,
    foreign_references,
    references,
    sender_values,
)

ELSEWHERE = "the text points to a link or number that nobody approved"
ANSWER_DAYS = 7
"""How long a formal demand waits for an answer."""


@dataclass(frozen=True, slots=True)
class Book:
    """What a message says of the portfolio."""

    sender_name: str
    signature: str
    creditor: str
    collector_type: CollectorType
    currency: str
    timezone: str
    pay_instructions: str
    approved: tuple[str, ...] = ()
    """Links, numbers to call and accounts to pay to that two people agreed to, besides those its own words name."""

    @property
    def words(self) -> tuple[str, str, str, bool, str]:
        """As `sender_values` takes them."""
        is_own = self.collector_type is CollectorType.creditor
        return self.sender_name, self.signature, self.creditor, is_own, self.pay_instructions


def values(
    book: Book,
    account: AccountFacts,
    language: str,
    name: str,
    borrower_name: str,
    caller: str,
    at: datetime,
    broken: PromiseFact | None = None,
) -> dict[str, Value]:
    """Every variable of the catalogue for one account at one moment. What is not known is an empty text.

    `broken`: the promise that was not kept, when the message is about it; otherwise the next open one is told of.
    """
    ours = "zh" if language.startswith("zh") else "en"
    today = local(at, book.timezone).date()
    due = _next_due(account, today)
    promise = broken or min(extra_of(account).promises, key=lambda one: one.due_at, default=None)
    return {
        **sender_values(ours, *book.words),
        "name": harmless(name) or DEFAULTS[ours]["name"],
        "borrower_name": harmless(borrower_name),
        "account_tail": account.account_no[-4:],
        "amount": shown(_amount_due(account), book.currency, ours),
        "due_on": _day(due, ours) if due else "",
        "due_today": due == today,
        "due_tomorrow": due == today + timedelta(days=1),
        "autopay": account.autopay,
        "overdue": shown(account.overdue, book.currency, ours),
        "days_past_due": str(lateness(account, today)),
        "pays_off": shown(account.owed, book.currency, ours),
        "pays_off_until": _day(today, ours),
        "answer_by": _day(today + timedelta(days=ANSWER_DAYS), ours),
        "call_back_number": caller,
        **_promised(promise, book, ours),
    }


def harmless(name: str) -> str:
    """A name as a text may print it; "" where it reads as a link, a number, an amount or a date. One file brings names,
    and one person loads it: that must not be a way to put a stranger's address into texts."""
    return "" if references(name) or fixed_figures(name) else name


def _promised(promise: PromiseFact | None, book: Book, language: str) -> Mapping[str, Value]:
    if promise is None:
        return {"promise_amount": "", "promise_due": ""}
    due = datetime.fromtimestamp(promise.due_at, zone(book.timezone))
    pattern = "M月d日HH:mm" if language == "zh" else "MMM d, h:mm a"
    return {
        "promise_amount": shown(promise.amount - promise.paid, book.currency, language),
        "promise_due": format_datetime(due, pattern, tzinfo=zone(book.timezone), locale=_locale(language)),
    }


def _next_due(account: AccountFacts, today: date) -> date | None:
    if account.due_today:
        return today
    return account.next_due_on or account.oldest_unpaid_due


def _amount_due(account: AccountFacts) -> int:
    return account.due_today or account.next_due_amount or account.overdue


def _day(day: date, language: str) -> str:
    return format_date(day, "M月d日" if language == "zh" else "MMM d", locale=_locale(language))


@lru_cache
def _locale(language: str) -> Locale:
    """Read once: by name, the library looks through its folder of locales each time."""
    return Locale.parse("zh_CN" if language == "zh" else "en")


def objection(
    text: str,
    book: Book,
    account: AccountFacts,
    caller: str,
    at: datetime,
    broken: PromiseFact | None = None,
) -> str | None:
    """Why this text may not go out about this account at this moment, whatever the channel; None: nothing in it is
    foreign. It points only to what is approved or the account's own, and every amount and date it prints is one that
    stands on the account now."""
    if points_elsewhere(text, book, (account.account_no,), caller):
        return ELSEWHERE
    promises = [*extra_of(account).promises, *([broken] if broken else [])]
    amounts, days = approved_amounts(book, account, promises), approved_days(book, account, promises, at)
    if foreign_figures(text, amounts, book.currency, days, (book.pay_instructions, account.account_no[-4:])):
        return "the text names an amount or a date that is not the account's own"
    return None


def approved_amounts(book: Book, account: AccountFacts, promises: Sequence[PromiseFact]) -> set[Decimal]:
    """Every amount that may be named, in major units: what is overdue, falls due, is owed, or was promised."""
    minor = {account.overdue, account.due_today, account.next_due_amount, account.owed}
    minor.update(promise.amount for promise in promises)
    minor.update(promise.amount - promise.paid for promise in promises)
    return {Decimal(amount).scaleb(-exponent(book.currency)) for amount in minor if amount > 0}


def approved_days(book: Book, account: AccountFacts, promises: Sequence[PromiseFact], at: datetime) -> set[date]:
    """Every day that may be named: due dates, promised days, today, and the day until which an answer is awaited."""
    today = local(at, book.timezone).date()
    days = {today, today + timedelta(days=1), today + timedelta(days=ANSWER_DAYS)}
    days.update(datetime.fromtimestamp(promise.due_at, zone(book.timezone)).date() for promise in promises)
    known = (account.oldest_unpaid_due, account.next_due_on, account.matures_on, account.guarantee_until)
    return days | {day for day in known if day is not None}


def points_elsewhere(text: str, book: Book, account_nos: tuple[str, ...], caller: str) -> bool:
    """Whether a text names a link or a long number besides the portfolio's ways to pay, our own number, and the account
    itself."""
    own = (book.pay_instructions, book.signature, book.sender_name, book.creditor, caller)
    return bool(foreign_references(text, (*book.approved, *own, *account_nos)))
