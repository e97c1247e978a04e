"""What is told about files: their columns, what is left of the day, and the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.approvals import exports
from collector.identity.rules import Role
from collector.identity.tables import Approval
from collector.reports import actions, queries
from collector.reports.queries import Chosen
from collector.reports.rules import Wanted, described, wanted_of
from collector.reports.tables import ExportRecord
from collector.web.pages.figure_words import list_title
from collector.web.session import Caller
from collector.web.templating import Cell, Table, Told, num, table
from collector.web.words import Words


def titles(t: Words) -> dict[str, str]:
    """What the columns of a file are called."""
    return {
        "account": t("Account"),
        "name": t("Name"),
        "product": t("Product"),
        "bucket": t("Bucket"),
        "days_past_due": t("Days past due"),
        "overdue": t("Overdue"),
        "owed": t("Owed"),
        "currency": t("Currency"),
        "queue": t("Queue"),
        "last_contact": t("Last contact"),
        "as_of": t("As of"),
        "theirs": t("Theirs"),
        "ours": t("Ours"),
        "difference": t("Difference"),
        "overdue_theirs": t("Overdue, theirs"),
        "overdue_ours": t("Overdue, ours"),
        "kind": t("Looks like"),
        "explained": t("Explained"),
    }


def ledger_table(session: Session, caller: Caller, t: Words) -> Table:
    """What left the house: to the auditor all of the scope, to others their own."""
    everybody = Role.auditor in caller.actor.roles
    rows = queries.ledger(session, caller.actor.scope, None if everybody else caller.actor.user_id)
    names = dict(queries.offered(session, caller.actor.scope))
    agreed = _checkers(session, [row.approval_id for row in rows if row.approval_id])
    return table(
        [
            t("When"),
            t("By"),
            t("List"),
            t("Portfolio"),
            num(t("Rows")),
            t("Agreed by"),
            t("Format"),
            t("Export no."),
            "SHA-256",
        ],
        [_told(row, names, agreed, t) for row in rows],
        t("Nothing was exported yet. Each list behind a number can be taken as a file; it is entered here."),
    )


def _checkers(session: Session, ids: list[int]) -> dict[int | None, str]:
    """By approval, who agreed."""
    rows = session.exec(select(Approval).where(col(Approval.id).in_(ids))).all()
    return {row.id: row.checker or "" for row in rows}


def _told(row: ExportRecord, names: dict[str, str], agreed: dict[int | None, str], t: Words) -> list[Cell | str]:
    return [
        Told(t, "UTC").whose(row.at),
        row.actor.removeprefix("user:"),
        Cell(list_title(t, wanted_of(row.wanted)), "wide"),
        names.get(row.book, row.book),
        num(f"{row.rows:,}"),
        f"{agreed.get(row.approval_id, '')} #{row.approval_id}" if row.approval_id else "",
        row.format.value,
        row.number,
        Cell(row.sha256, "code dim"),
    ]


def agreed_to(session: Session, caller: Caller, chosen: Chosen, wanted: Wanted, now: datetime) -> Approval | None:
    """What another person agreed to of exactly this list, and that is not spent yet."""
    return queries.unspent(session, exports.agreed(session, chosen.key, described(wanted), caller.actor, now))


def agreed_words(agreed: Approval, t: Words) -> str:
    """By whom, how much and how long."""
    until = Told(t, "UTC").whose((agreed.decided_at or agreed.made_at) + exports.GOOD_FOR)
    rows = f"{agreed.body['rows']:,}"
    return t(
        "{name} agreed to {rows} rows of this list, once, until {until}.", name=agreed.checker, rows=rows, until=until
    )


def left_words(session: Session, caller: Caller, t: Words, rows: int | None, now: datetime) -> tuple[str, bool]:
    """How much of the day is left, and whether a list of so many rows still fits; of one that was not counted the
    export itself will say."""
    left, most = actions.left_today(session, caller.actor, now)
    words = t("{left} of your {most} rows in 24 hours are left.", left=f"{left:,}", most=f"{most:,}")
    return words, 0 < (1 if rows is None else rows) <= left
