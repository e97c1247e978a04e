"""How each kind of approval is told to its second person: what it is about, and what would be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session, col, select

from collector.casework.approvals import (
    advances,
    campaigns,
    costs,
    exports,
    holds,
    keeping,
    matching,
    promises,
    rates,
    resets,
    retention,
    reversals,
    settings,
    strategies,
    terms,
    texts,
    ways,
)
from collector.casework.views import within
from collector.casework.views.campaigns import campaign as asked_for
from collector.foundation.clock import parse_moment
from collector.identity.tables import Approval, User
from collector.legal.matters.tables import MatterCost
from collector.legal.retention.rules import Fate
from collector.portfolio.rules.ways import FIELDS, LISTS, Changes, points_to
from collector.portfolio.tables import Account, Portfolio
from collector.reports import queries as reports
from collector.reports.rules import address_of, wanted_of
from collector.terms.rules import Parts
from collector.web.pages.export_parts import titles
from collector.web.pages.figure_words import list_title
from collector.web.pages.retention import told_as
from collector.web.pages.setting_words import setting_field, setting_value
from collector.web.pages.terms_parts import named, said
from collector.web.session import Caller
from collector.web.templating import Told
from collector.web.words import Words

MOST_LISTED = 200
"""Lines of a list of advances that are told one by one."""


@dataclass(frozen=True)
class Difference:
    """One thing as it is, and as it would be."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """What an approval is about, as its second person is shown it. `lines`: what would be done; `changes`: what would
    be otherwise, word for word."""

    subject: str
    href: str
    lines: Sequence[str]
    zone: str
    changes: Sequence[Difference] = ()


def _promise(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told = Told(t, book.timezone, book.currency)
    words = f"{told.money(row.body['amount'])} · {told.whose(parse_moment(row.body['due_at']))}"
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}", [words], book.timezone)


def _strategy(session: Session, row: Approval, _caller: Caller, t: Words) -> Shown:
    """The text is shown on a page of its own, against what is in force."""
    said = [row.body["reason"], f"{t('Digest')} {row.body['digest'][:12]}"]
    starts_at = strategies.moment_of(row)
    if row.portfolio_id is None:
        return Shown(t("every portfolio without a strategy of its own"), "/strategy", said, "UTC")
    book = session.get_one(Portfolio, row.portfolio_id)
    told = Told(t, book.timezone)
    begins = t("begins {moment}, or at once where that has passed", moment=told.whose(starts_at))
    return Shown(book.code, f"/strategy/{book.code}/proposals/{row.id}", [begins, *said], book.timezone)


def _match(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told = Told(t, book.timezone, book.currency)
    words = f"{told.money(row.body['amount'])} · {row.body['reference']}"
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}", [words], book.timezone)


def _ways(session: Session, row: Approval, _caller: Caller, t: Words) -> Shown:
    book = session.get_one(Portfolio, row.body["portfolio"])
    change: Changes = row.body["changes"]
    lines = [", ".join(field_words(t, name) for name in FIELDS if name in change)]
    if new := new_targets(change):
        lines.append(t("texts may newly name: {what}", what=", ".join(new)))
    if row.body["file"]:
        lines.append(t("a file has it so"))
    return Shown(book.code, f"/portfolios/{book.id}", lines, book.timezone, differences(change, t))


def _text(_session: Session, row: Approval, _caller: Caller, t: Words) -> Shown:
    body = row.body
    change = Difference(t("Words"), body["source_before"], body["source"])
    where = f"{body['language']}/{body['name']}"
    return Shown(where, f"/texts/{where}", [body["reason"]], "UTC", [change])


def _hold(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told = Told(t, book.timezone)
    first, before, until = (told.moment(parse_moment(row.body[name])) for name in ("first", "before", "until"))
    words = t(
        "first until {first}, now until {before}, would be until {until}", first=first, before=before, until=until
    )
    lines = [t.word(row.body["reason"]), *([row.body["why"]] if row.body["why"] else []), words]
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}", lines, book.timezone)


def _export(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    body, names = row.body, dict(reports.offered(session, caller.actor.scope))
    called = titles(t)
    lines = [
        names.get(body["book"], body["book"]),
        t("{rows} rows", rows=f"{body['rows']:,}"),
        ", ".join(called.get(name, name) for name in body["columns"]),
    ]
    return Shown(list_title(t, wanted_of(body["list"])), list_address(body), lines, "UTC")


def list_address(body: Mapping[str, Any]) -> str:
    """Where the list of such an approval is looked at."""
    return "/figures/accounts?" + urlencode({"book": body["book"], **address_of(wanted_of(body["list"]))})


def _reset(session: Session, row: Approval, _caller: Caller, t: Words) -> Shown:
    user = session.get_one(User, row.body["user"])
    takes_off = row.body["clears_totp"]
    words = t("a new password, and the app for codes is taken off") if takes_off else t("a new password")
    return Shown(user.name, f"/users/{user.id}", [words], "UTC")


def _keep(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    words = f"{t('until {day}', day=row.body['until'])} · {row.body['reason']}"
    return Shown(f"{book.code}/{account.account_no}", f"/accounts/{account.id}", [words], book.timezone)


def _campaign(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    campaign, book = asked_for(session, caller.actor.scope, row.body["campaign"])
    told, body = Told(t, book.timezone, book.currency), row.body
    size = t("{people} people with {accounts} accounts", people=body["people"], accounts=body["accounts"])
    lines = [size, told.money(body["money"]), t.word(body["channel"]), body["text"] or campaign.note, campaign.reason]
    return Shown(campaign.name, f"/campaigns/{campaign.id}", lines, book.timezone)


def _reversal(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    reversal = within.payment(session, caller.actor.scope, row.body["reversal"])
    book = within.portfolio(session, caller.actor.scope, reversal.portfolio_id)
    told = Told(t, book.timezone, book.currency)
    words = t("takes back {reference}", reference=row.body["reference"])
    subject = f"{book.code} {reversal.reference}"
    return Shown(subject, "/operations/debits#reversals", [told.money(row.body["amount"]), words], book.timezone)


def _terms(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
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


def _advances(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
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


def _rates(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
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


def _setting(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
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


def _purge(session: Session, row: Approval, _caller: Caller, t: Words) -> Shown:
    due = [(kind, by, number) for _, kind, fate, by, number in row.body["found"] if fate != Fate.keep]
    lines = [
        t("terms read as of {day}", day=row.body["as_of"]),
        *(f"{told_as(t, 'kept', kind)} {number:,} ({by})" for kind, by, number in due),
    ]
    return Shown(t("Purge {number}", number=row.body["purge"]), "/retention", lines, "UTC")


def _retention_hold(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    body = row.body
    book = within.portfolio(session, caller.actor.scope, body["portfolio"])
    lifts = body["lifts"] is not None
    lines = [t("terms count again") if lifts else t("nothing of it is removed"), body["reason"]]
    if body["account"] is None:
        return Shown(book.code, "/retention", lines, book.timezone)
    account, _ = within.account(session, caller.actor.scope, body["account"])
    return Shown(f"{book.code}/{account.account_no}", "/retention", lines, book.timezone)


def _costs(session: Session, row: Approval, caller: Caller, t: Words) -> Shown:
    account, book = within.account(session, caller.actor.scope, row.body["account"])
    told = Told(t, book.timezone, book.currency)
    total = told.money(row.body["total"])
    words = (
        t("off the account: {money}", money=total) if row.body["back"] else t("onto the account: {money}", money=total)
    )
    spent = session.exec(select(MatterCost).where(col(MatterCost.id).in_([one for one, _ in row.body["lines"]]))).all()
    lines = [f"{t.word(one.kind)} {one.on.isoformat()} {told.money(one.amount)}" for one in spent]
    return Shown(f"{book.code}/{account.account_no}", f"/legal/{account.id}#matter", [words, *lines], book.timezone)


SHOWN: Mapping[str, Callable[[Session, Approval, Caller, Words], Shown]] = {
    promises.PROMISE: _promise,
    matching.MATCH: _match,
    strategies.STRATEGY: _strategy,
    resets.KIND.name: _reset,
    keeping.KEEP: _keep,
    ways.WAYS: _ways,
    texts.TEXT: _text,
    holds.HOLD: _hold,
    exports.EXPORT: _export,
    campaigns.CAMPAIGN: _campaign,
    reversals.REVERSAL: _reversal,
    terms.TERMS: _terms,
    advances.ADVANCES: _advances,
    rates.RATES: _rates,
    settings.SETTING: _setting,
    retention.PURGE_KIND: _purge,
    retention.HOLD_KIND: _retention_hold,
    costs.COSTS: _costs,
}
"""How each kind is told; a house test asks for all of `approvals.KINDS`."""


def field_words(t: Words, name: str) -> str:
    """What a field of the ways to pay is called."""
    return {
        "creditor": t("Creditor"),
        "sender_name": t("Sender's name"),
        "signature": t("Signature"),
        "pay_instructions": t("How to pay"),
        "links": t("Links that texts may name"),
        "call_backs": t("Numbers to call back"),
        "pay_accounts": t("Accounts to pay to"),
        "callers": t("Caller numbers"),
    }[name]


def differences(change: Changes, t: Words) -> list[Difference]:
    """Before and after of every field that changes."""
    return [
        Difference(field_words(t, name), _told(change[name]["before"]), _told(change[name]["after"]))
        for name in FIELDS
        if name in change
    ]


def _told(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def new_targets(change: Changes) -> list[str]:
    """Links and numbers that texts could name afterwards and can not now: what to look at hardest."""
    empty: dict[str, str | list[str]] = {name: [] if name in (*LISTS, "callers") else "" for name in FIELDS}
    before, after = (
        points_to({**empty, **{name: both[side] for name, both in change.items()}}) for side in ("before", "after")
    )
    return [one for one in after if one not in before]
