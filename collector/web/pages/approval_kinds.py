"""How each kind of approval is told to its second person: what it is about, and what would be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session

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
from collector.portfolio.rules.ways import FIELDS, Changes
from collector.portfolio.tables import Portfolio
from collector.reports import queries as reports
from collector.reports.rules import address_of, wanted_of
from collector.web.pages.approval_debts import (
    advances_shown,
    costs_shown,
    purge_shown,
    rates_shown,
    retention_hold_shown,
    setting_shown,
    terms_shown,
)
from collector.web.pages.approval_words import Difference, Shown, differences, field_words, new_targets
from collector.web.pages.export_parts import titles
from collector.web.pages.figure_words import list_title
from collector.web.session import Caller
from collector.web.templating import Told
from collector.web.words import Words


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
    terms.TERMS: terms_shown,
    advances.ADVANCES: advances_shown,
    rates.RATES: rates_shown,
    settings.SETTING: setting_shown,
    retention.PURGE_KIND: purge_shown,
    retention.HOLD_KIND: retention_hold_shown,
    costs.COSTS: costs_shown,
}
"""How each kind is told; a house test asks for all of `approvals.KINDS`."""
