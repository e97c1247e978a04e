"""How terms are told: their components, what would be left, who may agree, and what was booked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from collector.casework.letters.lists import Listed
from collector.casework.views.terms import Live as Open
from collector.casework.views.terms import TermsView
from collector.history.rules import LetterStep
from collector.identity.rules import Role
from collector.portfolio.tables import Account, LedgerEntry, Portfolio
from collector.terms.rules import REDUCTIONS, Parts
from collector.terms.tables import Terms
from collector.web.templating import Cell, Table, Told, num, table
from collector.web.words import Words


@dataclass(frozen=True)
class Shown:
    """What would be proposed. `fields`: what the form sends again."""

    kind: str
    lines: Sequence[str]
    components: Table | None
    schedule: Table | None
    who: str
    nobody: bool
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Live:
    """The open terms. `warning`: what has to come first."""

    id: int
    kind: str
    state: str
    lines: Sequence[str]
    components: Table | None
    schedule: Table | None
    warnings: Sequence[str]
    may_offer: bool
    may_sign: bool
    may_close: bool
    may_withdraw: bool
    approval_id: int | None


def named(t: Words) -> Sequence[str]:
    """The components, in the order in which they are given up."""
    return t("Penalty"), t("Fees"), t("Interest"), t("Principal")


def components(view: TermsView, told: Told) -> Table:
    """What is owed, by component: in all, and of that by today."""
    t = told.t
    rows = zip((*named(t), t("Together")), (*view.owed, view.owed.total), (*view.due, view.due.total), strict=True)
    return table(
        [t("Component"), num(t("Owed")), num(t("due by today"))],
        [[name, num(told.money(owed)), num(told.money(due))] for name, owed, due in rows],
        "",
    )


def lines(view: TermsView, told: Told) -> list[str]:
    """What else the books say."""
    t = told.t
    said = [
        t("Waived so far: {money}", money=told.money(view.waived)) if view.waived else "",
        t("Advanced and not back: {money}", money=told.money(view.advanced)) if view.advanced else "",
        t("Written off; collected as before.") if view.written_off else "",
    ]
    return [one for one in said if one]


def reduced(owed: Parts, waived: Parts, told: Told) -> Table:
    """Of each component what is owed, what is given up and what is left to be paid."""
    t, left = told.t, owed.less(waived)
    rows = zip(
        (*named(t), t("Together")), (*owed, owed.total), (*waived, waived.total), (*left, left.total), strict=True
    )
    return table(
        [t("Component"), num(t("Owed")), num(t("Waived")), num(t("Left to pay"))],
        [[name, *(num(told.money(amount)) for amount in amounts)] for name, *amounts in rows],
        "",
    )


def scheduled(row: Terms, told: Told) -> Table | None:
    """The instalments as they would be."""
    if not row.schedule:
        return None
    t = told.t
    return table(
        [num(t("No.")), t("Due"), num(t("Amount")), num(t("Principal")), num(t("Interest")), num(t("Fees"))],
        [
            [num(str(number)), day, *(num(told.money(part) if part is not None else "·") for part in amounts)]
            for number, day, *amounts in row.schedule["after"]
        ],
        "",
    )


def said(row: Terms, told: Told) -> list[str]:
    """The terms in lines: the total and its day, why, and who proposed them."""
    t, day = told.t, told.day(row.due_on)
    if row.kind in REDUCTIONS:
        first = t(
            "{money} by {day}; the rest is waived, and all is owed again if unpaid",
            money=told.money(row.total),
            day=day,
        )
    elif row.total:
        first = told.money(row.total)
    else:
        first = t("until {day}", day=day)
    return [first, row.reason]


def who_words(roles: Collection[Role], t: Words) -> str:
    """Who may agree to it."""
    if not roles:
        return t("Nobody's authority reaches that far.")
    return t("May be agreed to by: {roles}", roles=", ".join(t.word(role) for role in sorted(roles)))


def shown(row: Terms, who: Collection[Role], fields: Sequence[tuple[str, str]], told: Told) -> Shown:
    return Shown(
        kind=told.t.word(row.kind),
        lines=said(row, told),
        components=reduced(row.owed, row.waived, told) if row.kind in REDUCTIONS else None,
        schedule=scheduled(row, told),
        who=who_words(who, told.t),
        nobody=not who,
        fields=fields,
    )


def live(one: Open, told: Told) -> Live:
    t, row = told.t, one.terms
    warnings = [
        t("Not approved yet: not a word of it to the borrower.") if one.approval else "",
        t("A guarantor's written consent is missing.") if one.lacks_consent else "",
        t("The receipt for the collateral is missing.") if one.lacks_receipt else "",
        t("The signed agreement is not on file: draw it under letters, and file its scan.")
        if one.lacks_agreement
        else "",
    ]
    return Live(
        id=row.id or 0,
        kind=t.word(row.kind),
        state=t.word(row.state),
        lines=[*said(row, told), who_words(one.who_may, t)] if one.approval else said(row, told),
        components=reduced(row.owed, row.waived, told) if row.kind in REDUCTIONS else None,
        schedule=scheduled(row, told),
        warnings=[words for words in warnings if words],
        may_offer=one.may_offer,
        may_sign=one.may_sign and not one.lacks_consent and not one.lacks_agreement,
        may_close=one.may_close and not one.lacks_receipt,
        may_withdraw=one.approval is None,
        approval_id=one.approval.id if one.approval else None,
    )


def past(rows: Sequence[Terms], told: Told) -> Table:
    t = told.t
    return table(
        [t("When"), t("What"), t("State"), num(t("Total")), num(t("Waived")), t("Day"), t("Why")],
        [
            [
                told.moment(row.state_at),
                t.word(row.kind),
                t.word(row.state),
                num(told.money(row.total) if row.total else "·"),
                num(told.money(row.waived.total) if row.waived.total else "·"),
                told.day(row.due_on),
                Cell(row.reason, "wide"),
            ]
            for row in rows
        ],
        t("No terms of this account have ended yet."),
    )


def papers(rows: Sequence[Listed], told: Told) -> Table:
    """The agreements that were drawn from terms."""
    t = told.t
    return table(
        [t("Letter"), t("Kind"), t("State"), t("Made")],
        [
            [
                Cell(one.number, "", f"/letters/{one.letter_id}"),
                t.word(one.kind),
                t("signed") if LetterStep.signed in one.events else t.word(one.state),
                told.moment(one.made_at),
            ]
            for one in rows
        ],
        t("No agreement was drawn from terms yet: that is done under letters, once terms are approved."),
    )


def entries(rows: Sequence[LedgerEntry], told: Told) -> Table:
    """Lines of our own in the ledger, newest first."""
    t = told.t
    return table(
        [t("Day"), t("What"), num(t("Amount")), num(t("Penalty")), t("By")],
        [
            [
                told.day(row.booked_on),
                t("{what}, taken back", what=t.word(row.kind)) if row.takes_back else t.word(row.kind),
                num(told.money(row.amount)),
                num(told.money(row.penalty) if row.penalty else "·"),
                Cell(row.actor.removeprefix("user:"), "dim"),
            ]
            for row in rows
        ],
        t("Nothing was waived, written off or advanced."),
    )


def open_terms(rows: Sequence[tuple[Terms, Account, Portfolio]], t: Words) -> Table:
    """All that is open, on one list."""
    head: list[Cell | str] = [t("Account"), t("What"), t("State"), num(t("Total")), num(t("Waived"))]
    return table([*head, t("Last day"), t("By")], [_open(*row, t) for row in rows], t("No terms are open."))


def _open(row: Terms, account: Account, book: Portfolio, t: Words) -> list[Cell | str]:
    told = Told(t, book.timezone, book.currency)
    return [
        Cell(f"{book.code}/{account.account_no}", "", f"/accounts/{account.id}/terms"),
        t.word(row.kind),
        t.word(row.state),
        num(told.money(row.total) if row.total else "·"),
        num(told.money(row.waived.total) if row.waived.total else "·"),
        told.day(row.due_on),
        Cell(row.proposed_by.removeprefix("user:"), "dim"),
    ]
