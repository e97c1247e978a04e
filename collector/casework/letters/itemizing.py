"""What a validation notice itemizes: the debt on one of five dates, and what came since (12 CFR 1006.34(b)(3), (c)(2)).

Both ends are balances to the day, so the lines add up to the cent. A notice never guesses: a date, a basis or a part of
the schedule that is missing refuses it by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from collector.casework.letters import wording
from collector.casework.letters.gathering import Gathered
from collector.foundation.calendar import add_business_days
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.money import shown
from collector.history.queries import called_on
from collector.law.rules import ClaimPart
from collector.portfolio.queries import statement_of
from collector.portfolio.rules.balance import Gap, Statement
from collector.texts.rules import Value

PLACE: Final = "us"
LAW_LINK: Final = "www.cfpb.gov/debt-collection"
"""What the law itself makes the notice point to (12 CFR 1006.34(c)(3)(iv))."""
POSTED_WITHIN: Final = 7
"""Days from the making of a notice within which it must be posted, so that its last day for disputes holds."""
RECEIPT_DAYS: Final = 5
"""Business days until a notice counts as received (12 CFR 1006.34(b)(5))."""
DISPUTE_DAYS: Final = 30
"""From then on, until which a dispute stops collection."""


class Basis(StrEnum):
    """Which date the itemization date is (12 CFR 1006.34(b)(3))."""

    last_statement = "last_statement"
    charge_off = "charge_off"
    last_payment = "last_payment"
    transaction = "transaction"
    judgment = "judgment"


WORDS: Final[Mapping[Basis, str]] = {
    Basis.last_statement: "the date of the last statement",
    Basis.charge_off: "the date of the charge-off",
    Basis.last_payment: "the date of the last payment",
    Basis.transaction: "the date of the transaction",
    Basis.judgment: "the date of the judgment",
}


@dataclass(frozen=True, slots=True)
class Itemized:
    """What the notice prints beside the account's own values."""

    values: Mapping[str, Value]
    rows: Mapping[str, Sequence[Mapping[str, str]]]


def itemized(session: Session, gathered: Gathered, given: Mapping[str, str], language: str, at: datetime) -> Itemized:
    """The itemization of a debt as of the day of the letter. `given`: `itemization_on` and `itemization_basis`, as they
    were entered."""
    if gathered.book.jurisdiction != PLACE:
        raise Conflict("this notice is of United States law (12 CFR 1006.34); the portfolio is under another")
    day, basis = _day(gathered, given), _basis(given)
    _check(gathered, day, basis)
    now = gathered.amounts.statement
    if now is None or Gap.no_schedule in now.gaps or Gap.unsplit in now.gaps:
        raise BadInput(
            "the schedule does not say what is principal, interest and fee: operations can load them in the "
            "instalments file, columns principal, interest and fee"
        )
    account = gathered.account
    called = called_on(session, account.id or 0, day, at)
    then = statement_of(session, account, gathered.book, day, called_on=called)
    values: dict[str, Value] = {
        "itemized_on": wording.day(day, language),
        "itemized_by": WORDS[basis],
        "dispute_until": wording.day(dispute_until(gathered.today), language),
        "law_link": LAW_LINK,
        "account_tail": f"…{account.account_no[-4:]}" if len(account.account_no) > 4 else account.account_no,
    }
    return Itemized(values, {"itemization": _rows(then, now, gathered.book.currency, wording.day(day, language))})


def dispute_until(made_on: date) -> date:
    """The last day for a dispute, safe for a notice that is posted on the last day on which it may be."""
    received = add_business_days(made_on + timedelta(days=POSTED_WITHIN), RECEIPT_DAYS, "US")
    return received + timedelta(days=DISPUTE_DAYS)


def _day(gathered: Gathered, given: Mapping[str, str]) -> date:
    text = given.get("itemization_on", "").strip()
    if not text:
        raise BadInput("the itemization date is missing: enter it with the letter")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("the itemization date is not a day; write it as 2026-05-31") from error
    if day > gathered.today:
        raise BadInput("the itemization date is to come")
    return day


def _basis(given: Mapping[str, str]) -> Basis:
    text = given.get("itemization_basis", "").strip()
    if text not in {one.value for one in Basis}:
        raise BadInput(f"say which date the itemization date is: one of {', '.join(Basis)}")
    return Basis(text)


def _check(gathered: Gathered, day: date, basis: Basis) -> None:
    """What the book itself knows of the date is not to be said otherwise."""
    known = {Basis.last_payment: gathered.facts.last_paid_on, Basis.transaction: gathered.account.opened_on}
    if basis in known and known[basis] != day:
        held = known[basis]
        said = f"by the book it is {held.isoformat()}" if held else "by the book there is none"
        raise BadInput(f"the itemization date is not {WORDS[basis]}: {said}")


def _rows(then: Statement, now: Statement, currency: str, day: str) -> list[dict[str, str]]:
    """Of what could be asked for on either day: what was added, and what was taken off since."""
    before, after = _sums(then), _sums(now)
    since = {name: after[name] - before[name] for name in before}
    if since["principal"]:
        raise BadInput(
            "instalments fell due after the itemization date: choose a later one, so that interest, fees, payments and "
            "credits are all that came since"
        )
    lines = (
        (f"You owed on {day}", then.due),
        ("Interest charged since", since["interest"]),
        ("Fees charged since", since["fees"]),
        ("Payments made since", -since["paid"]),
        ("Credits given since", -since["credits"]),
        ("Total amount of the debt now", now.due),
    )
    return [{"line": words, "amount": shown(amount, currency)} for words, amount in lines]


def _sums(found: Statement) -> dict[str, int]:
    due = [one for one in found.instalments if one.due_on <= found.as_of]

    def asked(*parts: ClaimPart) -> int:
        return sum(one.parts[part].asked for one in due for part in parts)

    everything = [part for one in due for part in one.parts.values()]
    return {
        "principal": asked(ClaimPart.principal, ClaimPart.unsplit),
        "interest": asked(ClaimPart.interest, ClaimPart.penalty),
        "fees": asked(ClaimPart.fee),
        "paid": sum(part.paid for part in everything),
        "credits": sum(part.waived + part.taken_off for part in everything),
    }
