"""What a letter is written with: the account, who owes it, amounts to the day, and the portfolio's approved ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from collector.casework.letters import wording
from collector.casework.letters.amounts import Amounts, amount_rows, amounts_of
from collector.facts.queries import read_person
from collector.facts.rules import AccountFacts, lateness
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict, Problem
from collector.foundation.keys import Keys
from collector.portfolio.queries import parties, person_of, portfolio_of
from collector.portfolio.rules import (
    OBLIGORS,
    CollectorType,
    ContactKind,
    ContactOwner,
    ContactStatus,
    GuaranteeKind,
    PartyRole,
)
from collector.portfolio.rules.ways import CALLERS, points_to
from collector.portfolio.tables import Account, ContactPoint, Party, Person, Portfolio
from collector.portfolio.ways import ways_of
from collector.texts.letters.template import LetterTemplate, Rows
from collector.texts.rules import (
    AGREEMENTS,
    CONTACTS,
    DEFAULTS,
    SHOWS_IDS,
    LetterKind,
    Value,
    bare_language,
    disclosure,
    foreign_references,
    masked,
    phrase,
)

ANSWER_DAYS = 7
"""How long a letter waits for an answer, as a formal text message does."""
LABELS = ("service", "home", "id")
"""Addresses that a letter may go to, the best first: never a place of work, where others open the post."""
ROLE_WORDS: Mapping[str, Mapping[PartyRole, str]] = {
    "zh": {PartyRole.borrower: "借款人", PartyRole.co_borrower: "共同借款人", PartyRole.guarantor: "保证人"},
    "en": {PartyRole.borrower: "borrower", PartyRole.co_borrower: "co-borrower", PartyRole.guarantor: "guarantor"},
}
JOINT_UNTIL = date(2021, 1, 1)
"""Of contracts before this day a guarantee of no stated kind is joint (handbook section 8, to be checked)."""


@dataclass(frozen=True, slots=True)
class Obligor:
    """Somebody who owes the account. `id_no` is open."""

    person_id: int
    role: PartyRole
    name: str
    id_no: str
    address: str
    phone: str
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that letters of one account are written with on one day."""

    account: Account
    book: Portfolio
    facts: AccountFacts
    today: date
    amounts: Amounts
    obligors: Sequence[Obligor]
    values: Mapping[str, Value]
    rows: Rows
    approved: Sequence[str]
    """What it may point to: the portfolio's ways, and the account's own numbers."""

    def one(self, person_id: int) -> Obligor:
        """Who is addressed. `BadInput`: nobody is written to about a debt who does not owe it."""
        found = next((one for one in self.obligors if one.person_id == person_id), None)
        if found is None:
            raise BadInput("letters about a debt go only to who owes it: the borrower, co-borrowers and guarantors")
        return found


def gather(session: Session, keys: Keys, account: Account, language: str, at: datetime) -> Gathered:
    """`language`: zh or en. Nothing owed is a `Conflict`: then there is nothing to write about."""
    book = portfolio_of(session, account.portfolio_id)
    today = local_day(at, book.timezone)
    facts = read_person(session, account.person_id, at)
    mine = next((one for one in facts.accounts if one.account_id == account.id), None)
    if mine is None or mine.owed <= 0:
        raise Conflict("nothing is owed on this account: there is nothing to write about")
    obligors = _obligors(session, keys, account)
    ways = ways_of(session, book)
    own = [
        account.account_no,
        account.card_no or "",
        *(one.id_no for one in obligors),
        *(one.phone for one in obligors),
    ]
    amounts = amounts_of(session, account, book, mine, today, at)
    rows = {**amount_rows(amounts, book.currency, language), "obligors": _named(obligors, language)}
    values = {
        **_of_book(book, language),
        **_of_account(account, mine, language, today),
        **_of_amounts(amounts, account, book, language),
        "has_schedule": bool(rows.get("instalments")),
        "borrower_name": wording.safe_name(obligors[0].name),
        "call_back_number": _called(ways[CALLERS], ways["call_backs"]),
    }
    approved = [*points_to(ways), *filter(None, own)]
    return Gathered(account, book, mine, today, amounts, obligors, values, rows, approved)


def values_for(gathered: Gathered, person_id: int | None, language: str) -> dict[str, Value]:
    """The account's values, and those of the person addressed."""
    if person_id is None:
        return dict(gathered.values)
    one = gathered.one(person_id)
    party = one.party
    opened = gathered.account.opened_on
    stated = party.guarantee_kind if party else None
    is_unstated_joint = stated is not GuaranteeKind.general and opened is not None and opened < JOINT_UNTIL
    return {
        **gathered.values,
        "person_name": wording.safe_name(one.name),
        "person_address": one.address,
        "to_guarantor": one.role is PartyRole.guarantor,
        "to_co_borrower": one.role is PartyRole.co_borrower,
        "is_joint": stated is GuaranteeKind.joint or is_unstated_joint,
        "guarantee_until": wording.day(party.guarantee_until if party else None, language),
    }


def rows_for(gathered: Gathered, template: LetterTemplate) -> Rows:
    """The tables of the letter. An obligor without a number or an address is refused by role where they are printed:
    a court needs both."""
    problems = [
        Problem(f"{thing} of the {one.role} is missing: operations can load it in the {file} file, column {column}")
        for one in (gathered.obligors if "obligors" in template.tables else ())
        for thing, value, file, column in _needed(one)
        if not value
    ]
    if problems:
        raise BadInput(problems=tuple(problems))
    if template.kind in SHOWS_IDS:
        return gathered.rows
    hidden = [{**row, "id_no": masked(row["id_no"])} for row in gathered.rows.get("obligors", ())]
    return {**gathered.rows, "obligors": hidden}


def _needed(one: Obligor) -> Sequence[tuple[str, str, str, str]]:
    is_borrower = one.role is PartyRole.borrower
    file = "accounts" if is_borrower else "parties"
    return (
        ("the number of the ID", one.id_no, file, "id_no"),
        ("the address", one.address, file, "home_address" if is_borrower else "address"),
    )


def foreign(gathered: Gathered, kind: LetterKind, words: str, of_law: Sequence[str] = ()) -> tuple[str, ...]:
    """Links and long numbers in a letter to people that are neither approved nor the account's own. `of_law`: what the
    law itself makes it point to."""
    if kind not in CONTACTS | AGREEMENTS:
        return ()
    addresses = [one.address for one in gathered.obligors]
    for address in filter(None, addresses):
        words = words.replace(address, "")
    return foreign_references(words, [*gathered.approved, *of_law])


def _of_book(book: Portfolio, language: str) -> dict[str, Value]:
    is_own = book.collector_type is CollectorType.creditor
    return {
        "creditor": book.creditor,
        "sender_name": book.sender_name,
        "disclosure": disclosure(language, book.creditor, is_own),
        "pay_instructions": phrase(book.pay_instructions),
    }


def _of_account(account: Account, facts: AccountFacts, language: str, today: date) -> dict[str, Value]:
    return {
        "account_no": account.account_no,
        "product": DEFAULTS[language]["product"],
        "contract_date": wording.day(account.opened_on, language),
        "annual_rate": wording.rate(account.annual_rate),
        "penalty_rate": wording.rate(account.penalty_rate),
        "matures_on": wording.day(account.matures_on, language),
        "days_past_due": str(lateness(facts, today)),
        "oldest_due": wording.day(facts.oldest_unpaid_due, language),
        "last_paid_on": wording.day(facts.last_paid_on, language),
        "today": wording.day(today, language),
        "answer_by": wording.day(today + timedelta(days=ANSWER_DAYS), language),
    }


def _of_amounts(amounts: Amounts, account: Account, book: Portfolio, language: str) -> dict[str, Value]:
    figures = {
        "principal": account.principal,
        "overdue": amounts.overdue,
        "owed": amounts.owed,
        "claimed": amounts.due,
    }
    said = {name: wording.money(minor, book.currency, language) if minor > 0 else "" for name, minor in figures.items()}
    return {**said, "amounts_on": wording.day(amounts.as_of, language)}


def _named(obligors: Sequence[Obligor], language: str) -> list[Mapping[str, str]]:
    return [
        {
            "role": ROLE_WORDS[language][one.role],
            "name": wording.safe_name(one.name),
            "id_no": one.id_no,
            "address": one.address,
            "phone": one.phone,
        }
        for one in obligors
    ]


def _obligors(session: Session, keys: Keys, account: Account) -> list[Obligor]:
    """The borrower first, then the others in the order they were named."""
    borrower = person_of(session, account.person_id)
    others = [(row, person) for row, person in parties(session, account.id or 0) if row.role in OBLIGORS]
    people = {borrower.id or 0: borrower} | {person.id or 0: person for _, person in others}
    points = _points(session, account, people)
    found = [_obligor(keys, borrower, PartyRole.borrower, None, points)]
    for row, person in others:
        if all(person.id != one.person_id for one in found):
            found.append(_obligor(keys, person, row.role, row, points))
    return found


def _obligor(
    keys: Keys, person: Person, role: PartyRole, party: Party | None, points: Sequence[ContactPoint]
) -> Obligor:
    mine = [row for row in points if row.person_id == person.id]
    addresses = [row for row in mine if row.kind is ContactKind.address and row.label in LABELS]
    address = min(addresses, key=lambda row: (LABELS.index(row.label), row.rank, row.id or 0), default=None)
    phone = next((row.value for row in mine if row.kind is ContactKind.phone), "")
    return Obligor(
        person_id=person.id or 0,
        role=role,
        name=person.name,
        id_no=keys.open(person.id_sealed) if person.id_sealed else "",
        address=wording.safe_address(address.value) if address else "",
        phone=phone,
        party=party,
    )


def _points(session: Session, account: Account, people: Mapping[int, Person]) -> Sequence[ContactPoint]:
    """Their own contact points that the account's portfolio brought and that still hold."""
    statement = select(ContactPoint).where(
        ContactPoint.portfolio_id == account.portfolio_id,
        col(ContactPoint.person_id).in_(sorted(people)),
        ContactPoint.owner == ContactOwner.own,
        col(ContactPoint.status).in_([ContactStatus.active, ContactStatus.given_up]),
    )
    return session.exec(statement.order_by(col(ContactPoint.rank), col(ContactPoint.id))).all()


def _called(callers: str | list[str], call_backs: str | list[str]) -> str:
    """A number that is answered: the first to call back, else the first that calls."""
    lines = [line.partition(" ") for line in callers if isinstance(callers, list)]
    calling = [number for number, _, channels in lines if "call" in channels.split(",")]
    return next(iter([*(call_backs if isinstance(call_backs, list) else ()), *calling]), "")


def letter_language(session: Session, account: Account, wanted: str | None = None) -> str:
    """zh or en: the portfolio's, unless another was asked for."""
    book = portfolio_of(session, account.portfolio_id)
    return "zh" if bare_language(wanted or book.language) == "zh" else "en"
