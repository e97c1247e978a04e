"""What holds for a portfolio's contracts: its creditor on paper, how debts are reckoned, and the changes of rates. Each
is proposed here, and a second person agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session
from starlette.datastructures import UploadFile

from collector.casework.approvals import rates as changing
from collector.casework.approvals import settings as setting
from collector.casework.rates import RateView, checked, rate_view, read_rates
from collector.casework.views import portfolios as views
from collector.foundation.errors import BadInput
from collector.law.interest import interest_law
from collector.law.rules import ClaimPart, DayCount, Sweep
from collector.portfolio.queries import creditor_of, reckoning_of, settings_of
from collector.portfolio.rules.settings import CREDITOR, Reckoning, SettingKind
from collector.portfolio.tables import Portfolio
from collector.texts.rules import VALUES
from collector.web.pages.setting_words import choice_words, setting_field, setting_value
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, Told, render, table
from collector.web.uploads import received
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class Line:
    """A field of a form. `value`: as it is in force."""

    name: str
    words: str
    value: str


@dataclass(frozen=True)
class ContractsPage(Page):
    template: ClassVar[str] = "contracts.html"
    id: int
    code: str
    creditor: Sequence[Line]
    days: Sequence[Choice]
    day_count: str
    sweeps: Sequence[Choice]
    sweep: str
    order: str
    penalty_on: str
    parts: str
    """The words that an order may name."""
    reckoned_by: str
    earlier: Table
    rates: Table
    lacks: Sequence[str]
    products: Sequence[str]
    may_propose: bool


@router.get("/portfolios/{portfolio_id}/contracts")
def contracts_page(request: Request, portfolio_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        book = views.one(session, caller.actor.scope, portfolio_id)
        held, own = creditor_of(session, portfolio_id), reckoning_of(session, portfolio_id)
        told, view = Told(t, book.timezone, book.currency), rate_view(session, book)
        earlier = _earlier(session, book, told)
    law = interest_law(book.jurisdiction)
    now = own.reckoning if own else Reckoning(law.day_count, law.order, law.sweep, law.penalty_on)
    page = ContractsPage(
        frame=frame,
        id=portfolio_id,
        code=book.code,
        creditor=[Line(name, t.word(VALUES[name].meaning), held.get(name, "")) for name in CREDITOR],
        days=[Choice(one.value, choice_words(one, t)) for one in DayCount],
        day_count=now.day_count.value,
        sweeps=[Choice(one.value, choice_words(one, t)) for one in Sweep],
        sweep=now.sweep.value,
        order=", ".join(now.order),
        penalty_on=", ".join(now.penalty_on),
        parts=", ".join(f"{part} = {choice_words(part, t)}" for part in ClaimPart),
        reckoned_by=own.reason if own else t("The law's default for {place}", place=book.jurisdiction),
        earlier=earlier,
        rates=_rates(view, told),
        lacks=_lacks(view, book, t),
        products=view.products,
        may_propose=may_open(caller, "propose_rate"),
    )
    return render(page)


def _rates(view: RateView, told: Told) -> Table:
    t = told.t
    head: list[Cell | str] = [t("From"), t("For"), t("Annual rate"), t("Penalty rate"), t("By which clause or notice")]
    return table(
        [*head, t("asked by"), t("agreed by"), t("When")],
        [
            [
                told.day(row.from_on),
                Cell(number, "", f"/accounts/{row.account_id}") if number else row.product or t("all of the portfolio"),
                f"{row.annual_rate}%" if row.annual_rate else t("as before"),
                f"{row.penalty_rate}%" if row.penalty_rate else t("as before"),
                Cell(row.reason, "wrap"),
                row.asked_by,
                row.actor.removeprefix("user:"),
                told.moment(row.recorded_at),
            ]
            for row, number in view.rows
        ],
        t("No rate was changed: the rates of the accounts file hold."),
    )


def _lacks(view: RateView, book: Portfolio, t: Words) -> list[str]:
    """Money of this currency on which nothing can be reckoned."""
    annual = {"number": f"{view.without_annual:,}", "currency": book.currency}
    penalty = {"number": f"{view.without_penalty:,}", "currency": book.currency}
    told = [
        t("{number} accounts in {currency} have no annual rate.", **annual) if view.without_annual else "",
        t("{number} accounts in {currency} have no penalty rate: no penalty is charged on them.", **penalty)
        if view.without_penalty
        else "",
    ]
    return [one for one in told if one]


def _earlier(session: Session, book: Portfolio, told: Told) -> Table:
    """Every setting that two people agreed to, newest first."""
    t = told.t
    rows = [row for kind in SettingKind for row in settings_of(session, book.id or 0, kind)]
    return table(
        [t("When"), t("What"), t("as it became"), t("Reason"), t("asked by"), t("agreed by")],
        [
            [
                told.moment(row.at),
                t.word(row.kind),
                Cell(said(row.body, t), "wide"),
                Cell(row.reason, "wrap"),
                row.asked_by,
                row.agreed_by.removeprefix("user:"),
            ]
            for row in sorted(rows, key=lambda row: -(row.id or 0))
        ],
        t("Nothing was set for this portfolio yet."),
    )


def said(body: dict[str, Any], t: Words) -> str:
    """A setting in words, a field a line."""
    return "\n".join(f"{setting_field(name, t)}: {setting_value(name, value, t)}" for name, value in body.items())


class RateForm(Form):
    account_no: str = ""
    product: str = ""
    from_on: str
    annual_rate: str = ""
    penalty_rate: str = ""
    reason: str


@router.post("/portfolios/{portfolio_id}/rates")
def propose_rate(portfolio_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """One change of a rate, put before a second person."""
    form = read(RateForm, fields)
    with writing(desk) as session:
        book = views.one(session, caller.actor.scope, portfolio_id)
        order = checked(session, book, form.model_dump())
        changing.propose(session, book, [order], caller.actor, desk.clock())
    return see(f"/portfolios/{portfolio_id}/contracts", "asked-two")


@router.post("/portfolios/{portfolio_id}/rates/file")
async def propose_rates(
    portfolio_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam
) -> Any:
    """A file of changes, checked whole: one wrong line and none is proposed."""
    read(Form, {name: value for name, value in fields.items() if name != "file"})
    file = (await request.form()).get("file")
    await run_in_threadpool(_propose_file, desk, caller, portfolio_id, file)
    return see(f"/portfolios/{portfolio_id}/contracts", "asked-two")


def _propose_file(desk: Desk, caller: Caller, portfolio_id: int, file: object) -> None:
    with reading(desk) as session:
        views.one(session, caller.actor.scope, portfolio_id)
    if not isinstance(file, UploadFile) or not file.filename:
        raise BadInput("choose a file first")
    with received(file) as [path], writing(desk) as session:
        if path is None:
            raise BadInput("choose a file first")
        book = views.one(session, caller.actor.scope, portfolio_id)
        changing.propose(session, book, read_rates(session, book, path), caller.actor, desk.clock())


class SettingForm(Form):
    kind: SettingKind
    reason: str
    creditor_code: str = ""
    creditor_address: str = ""
    creditor_representative: str = ""
    creditor_contact: str = ""
    sender_address: str = ""
    day_count: str = ""
    order: str = ""
    sweep: str = ""
    penalty_on: str = ""

    def wanted(self) -> dict[str, Any]:
        if self.kind is SettingKind.creditor:
            return {name: getattr(self, name) for name in CREDITOR}
        lists = {name: _words(getattr(self, name)) for name in ("order", "penalty_on")}
        return {"day_count": self.day_count, "sweep": self.sweep, **lists}


def _words(text: str) -> list[str]:
    return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]


@router.post("/portfolios/{portfolio_id}/settings")
def propose_setting(portfolio_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What shall hold for the whole portfolio, put before a second person."""
    form = read(SettingForm, fields)
    with writing(desk) as session:
        book = views.one(session, caller.actor.scope, portfolio_id)
        setting.propose(session, book, form.kind, form.wanted(), form.reason, caller.actor, desk.clock())
    return see(f"/portfolios/{portfolio_id}/contracts", "asked-two")
