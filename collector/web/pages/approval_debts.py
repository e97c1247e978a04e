"""Approvals about a debt and what is kept of it: terms, advances, rates, costs, retention."""

from __future__ import annotations

from sqlmodel import Session, col, select

from collector.casework.views import within
from collector.identity.tables import Approval
from collector.legal.matters.tables import MatterCost
from collector.legal.retention.rules import Fate
from collector.portfolio.tables import Account
from collector.terms.rules import Parts
from collector.web.pages.approval_words import Difference, Shown
from collector.web.pages.retention import told_as
from collector.web.pages.setting_words import setting_field, setting_value
from collector.web.pages.terms_parts import named, said
from collector.web.session import Caller
from collector.web.templating import Told
from collector.web.words import Words

MOST_LISTED = 200
"""Lines of a list of advances that are told one by one."""


def terms_shown(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told, found = Told(t, book.timezone, book.currency), within.terms(session, caller.actor.scope, row.body["terms"])
    owed, waived = Parts(*row.body["owed"]), Parts(*row.body["waived"])
    given = [
        t("waives {what} {money}", what=name, money=told.money(amount))
        for name, amount in zip(named(t), waived, strict=True)
        if amount
    ]
    new = [f"{day} {told.money(amount)}" for _, day, amount, *_ in row.body["schedule"].get("after", ())]
    lines = [
        t.word(row.body["kind"]),
        *said(found, told),
        t("{money} owed", money=told.money(owed.total)),
        *given,
        *new,
    ]
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}/terms", lines, book.timezone)


def advances_shown(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    book = within.portfolio(session, caller.actor.scope, row.body["portfolio"])
    told = Told(t, book.timezone, book.currency)
    total = t("{accounts} accounts, {money}", accounts=len(row.body["lines"]), money=told.money(row.body["total"]))
    numbers = dict(
        session.exec(
            select(Account.id, Account.account_no).where(col(Account.id).in_([one for one, _ in row.body["lines"]]))
        ).all()
    )
    listed = [f"{numbers.get(one, one)} {told.money(amount)}" for one, amount in row.body["lines"][:MOST_LISTED]]
    return Shown(book.code, "/terms", [row.body["month"][:7], total, *listed], book.timezone)


def rates_shown(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    book = within.portfolio(session, caller.actor.scope, row.body["portfolio"])
    changes = row.body["changes"]
    numbers = dict(
        session.exec(
            select(Account.id, Account.account_no).where(
                col(Account.id).in_([one["account"] for one in changes[:MOST_LISTED] if one["account"]])
            )
        ).all()
    )
    lines = [
        " · ".join(
            [
                t("from {day}", day=one["from_on"]),
                numbers.get(one["account"]) or one["product"] or t("all of the portfolio"),
                *([f"{t('Annual rate')} {one['annual_rate']}%"] if one["annual_rate"] else []),
                *([f"{t('Penalty rate')} {one['penalty_rate']}%"] if one["penalty_rate"] else []),
                one["reason"],
            ]
        )
        for one in changes[:MOST_LISTED]
    ]
    count = t("{number} changes of rate", number=f"{len(changes):,}")
    return Shown(book.code, f"/portfolios/{book.id}/contracts", [count, *lines], book.timezone)


def setting_shown(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    book = within.portfolio(session, caller.actor.scope, row.body["portfolio"])
    before, after = row.body["before"], row.body["after"]
    changes = [
        Difference(
            setting_field(name, t),
            setting_value(name, before[name], t) if name in before else "",
            setting_value(name, after[name], t) if name in after else "",
        )
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    lines = [t.word(row.body["kind"]), row.body["reason"]]
    return Shown(book.code, f"/portfolios/{book.id}/contracts", lines, book.timezone, changes)


def purge_shown(session: Session, row: Approval, _caller: Caller, t: Words) -> Shown:
    due = [(kind, by, number) for _, kind, fate, by, number in row.body["found"] if fate != Fate.keep]
    lines = [
        t("terms read as of {day}", day=row.body["as_of"]),
        *(f"{told_as(t, 'kept', kind)} {number:,} ({by})" for kind, by, number in due),
    ]
    return Shown(t("Purge {number}", number=row.body["purge"]), "/retention", lines, "UTC")


def retention_hold_shown(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    body = row.body
    book = within.portfolio(session, caller.actor.scope, body["portfolio"])
    lifts = body["lifts"] is not None
    lines = [t("terms count again") if lifts else t("nothing of it is removed"), body["reason"]]
    if body["account"] is None:
        return Shown(book.code, "/retention", lines, book.timezone)
    account, _ = within.account(session, caller.actor.scope, body["account"])
    return Shown(f"{book.code}/{account.account_no}", "/retention", lines, book.timezone)


def costs_shown(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told = Told(t, book.timezone, book.currency)
    total = told.money(row.body["total"])
    words = (
        t("off the account: {money}", money=total) if row.body["back"] else t("onto the account: {money}", money=total)
    )
    spent = session.exec(select(MatterCost).where(col(MatterCost.id).in_([one for one, _ in row.body["lines"]]))).all()
    lines = [f"{t.word(one.kind)} {one.on.isoformat()} {told.money(one.amount)}" for one in spent]
    return Shown(f"{book.code}/{account.account_no}", f"/legal/{account.id}#matter", [words, *lines], book.timezone)
