"""The hand-over of a case, on its page: every route with what speaks for it, what legal decided, who talks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from sqlmodel import Session

from collector.casework import actions
from collector.casework.views import within
from collector.casework.views.lapsing import CaseFile, open_referral
from collector.casework.views.referred import Referred
from collector.foundation.errors import Conflict
from collector.history.rules import REFERRAL_MOVES, ReferralState, Route, StepKind
from collector.history.tables import Referral, ReferralStep
from collector.legal.rules import runs_out
from collector.strategy.rules import ROUTE_FIELDS, Considered, FieldKind, Said, Value
from collector.web.pages.shell import Form, may_open, read, see, whose
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, writing
from collector.web.templating import Cell, Choice, Table, Told, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
OF_ITSELF = frozenset({"paid", "settled"})
"""Why a case came back without anybody's decision."""
AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")
"""In a condition about money, as it is written."""


@dataclass(frozen=True)
class ReferralPart:
    """The hand-over as it stands, how it came there and how it may go on."""

    account_id: int
    state: str
    """Empty: the account is not referred."""
    reasons: str
    why: str
    """What was said with the last move."""
    route: str
    proposed: str
    negotiator: str
    filing: str
    ways: Table
    steps: Table
    is_accepted: bool
    may_move: bool
    may_accept: bool
    may_return: bool
    may_close: bool
    routes: Sequence[Choice]
    """The proposed one first."""
    people: Sequence[Choice]


def referral_part(case: CaseFile, decided: Referred, caller: Caller, told: Told) -> ReferralPart:
    row, t = case.line.referral, told.t
    moves = REFERRAL_MOVES[row.state] if row else frozenset()
    accepted = row is not None and row.state is ReferralState.accepted
    nobody = t("nobody is named: nobody may call") if accepted else ""
    return ReferralPart(
        account_id=case.line.account_id,
        state=t.word(row.state) if row else "",
        reasons=", ".join(t.word(str(one.get("trigger", ""))) for one in row.reasons) if row else "",
        why=row.state_reason if row else "",
        route=t.word(row.route) if row and row.route else "",
        proposed=t.word(case.line.proposed) if case.line.proposed else t("none is open"),
        negotiator=decided.negotiator or nobody,
        filing=decided.filing,
        ways=_ways(case, t, told),
        steps=_steps(decided, told),
        is_accepted=accepted,
        may_move=may_open(caller, "decide_referral"),
        may_accept=ReferralState.accepted in moves,
        may_return=ReferralState.returned in moves,
        may_close=ReferralState.closed in moves,
        routes=route_choices(case.line.proposed, t),
        people=[Choice(str(user.id), user.display_name or user.name) for user in decided.may_talk],
    )


def route_choices(proposed: Route | None, t: Words) -> list[Choice]:
    """All routes, the proposed one first and marked."""
    first = [Choice(proposed.value, t("{route} (proposed)", route=t.word(proposed)))] if proposed else []
    return first + [Choice(one.value, t.word(one)) for one in Route if one is not proposed]


def _ways(case: CaseFile, t: Words, told: Told) -> Table:
    head = [t("Route"), t("Open"), t("What speaks for it"), t("What is missing"), t("What runs out first")]
    rows: list[Sequence[Cell | str]] = []
    for one in case.line.routes:
        ends = runs_out(one.route, case.clocks.clocks, case.line.today)
        rows.append(
            [
                t.word(one.route),
                Cell(t("yes"), "good") if one.is_open else Cell(t("no"), "dim"),
                Cell(_said(one.speaks, told) if one.said else t("open to every case"), "wrap"),
                Cell(_lacking(one, told), "wrap"),
                f"{t.word(ends.kind)} {ends.cautious_on.isoformat()}" if ends else "",
            ]
        )
    return table(head, rows, t("The strategy names no routes."))


def _said(said: Sequence[Said], told: Told) -> str:
    t = told.t
    return " · ".join(
        t("{field}: {found}", field=field_words(one.field, t), found=_value(one.field, one.found, told)) for one in said
    )


def _lacking(one: Considered, told: Told) -> str:
    t = told.t
    return " · ".join(
        t(
            "{field}: {found}, needed is {wanted}",
            field=field_words(said.field, t),
            found=_value(said.field, said.found, told),
            wanted=_wanted(said, t),
        )
        for said in one.lacks
    )


def _wanted(said: Said, t: Words) -> str:
    """A list of words in the reader's language; what compares numbers as it is written."""
    kind = ROUTE_FIELDS[said.field].kind
    if kind is FieldKind.flag:
        return t("yes") if said.wanted == "true" else t("no")
    if kind is FieldKind.money:
        return AMOUNT.sub(lambda found: f"{Decimal(found[0]):,.2f}", said.wanted)
    return " / ".join(t.word(one) for one in said.wanted.split(" or ")) if kind is FieldKind.word else said.wanted


def field_words(name: str, t: Words) -> str:
    """What a route asks, as people call it."""
    return {
        "alike": t("cases like it that wait"),
        "arbitration": t("arbitration clause"),
        "deceased": t("deceased"),
        "disputed": t("disputed"),
        "guarantee_days": t("days left of the guarantee period"),
        "lapsed": t("all clocks ran out"),
        "notarised": t("notarised deed"),
        "service_address": t("address for service"),
        "willing": t("willing to pay"),
    }.get(name) or t.word(name)


def _value(field: str, value: Value, told: Told) -> str:
    t, kind = told.t, ROUTE_FIELDS[field].kind
    if value is None:
        return t("not known")
    if kind is FieldKind.flag:
        return t("yes") if value else t("no")
    if kind is FieldKind.money:
        return told.money(int(value))
    return t.word(value) if isinstance(value, str) and kind is FieldKind.word else str(value)


def _steps(decided: Referred, told: Told) -> Table:
    t = told.t
    head = [t("When"), t("What"), t("Route"), t("Negotiator"), t("Who"), t("Why")]
    rows: list[Sequence[Cell | str]] = []
    for one in reversed(decided.steps):
        row = one.row
        what = _what(row, t)
        differs = row.proposed is not None and row.route is not None and row.proposed is not row.route
        route = t.word(row.route) if row.route else ""
        if differs:
            route = t("{route}, proposed was {proposed}", route=route, proposed=t.word(row.proposed))
        why = t.word(row.reason) if row.reason in OF_ITSELF else row.reason
        rows.append([told.moment(row.at), what, route, one.negotiator, whose(row.actor, t), Cell(why, "wrap")])
    return table(head, rows, t("Legal has decided nothing yet."))


def _what(row: ReferralStep, t: Words) -> str:
    return {
        StepKind.moved: t.word(row.state),
        StepKind.route: t("another route"),
        StepKind.negotiator: t("another negotiator"),
        StepKind.filed: t("filed with others"),
    }[row.kind]


class DecideForm(Form):
    state: ReferralState
    route: Route | None = None
    negotiator: int | None = Field(default=None, ge=1, le=2**62)
    reason: str = Field(default="", max_length=400)


@router.post("/legal/{account_id}/referral")
def decide_referral(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Accepted by a route, given back with the reason, or closed."""
    form = read(DecideForm, fields)
    with writing(desk) as session:
        row = _open(session, caller, account_id)
        if row.state is not form.state:
            actions.move_referral(
                session,
                desk.office,
                row.id or 0,
                form.state,
                desk.clock(),
                caller.actor,
                form.reason,
                route=form.route,
                negotiator_id=form.negotiator,
            )
    return see(f"/legal/{account_id}", "moved")


class RouteForm(Form):
    route: Route
    reason: str = Field(default="", max_length=400)


@router.post("/legal/{account_id}/route")
def change_route(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(RouteForm, fields)
    with writing(desk) as session:
        row = _open(session, caller, account_id)
        actions.change_route(session, desk.office, row.id or 0, form.route, desk.clock(), caller.actor, form.reason)
    return see(f"/legal/{account_id}", "route")


class NegotiatorForm(Form):
    negotiator: int = Field(ge=1, le=2**62)
    reason: str = Field(default="", max_length=400)


@router.post("/legal/{account_id}/negotiator")
def change_negotiator(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(NegotiatorForm, fields)
    with writing(desk) as session:
        row = _open(session, caller, account_id)
        told = (row.id or 0, form.negotiator, desk.clock(), caller.actor, form.reason)
        actions.change_negotiator(session, desk.office, *told)
    return see(f"/legal/{account_id}", "negotiator")


def _open(session: Session, caller: Caller, account_id: int) -> Referral:
    within.account(session, caller.actor.scope, account_id)
    row = open_referral(session, account_id)
    if row is None:
        raise Conflict("this account is not referred any more; open the page again")
    return row
