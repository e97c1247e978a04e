"""Terms of an account: what each component is, what would be given up and who may agree to it; proposed from here,
told to the borrower only once a second person agreed. And the list of what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals import advances as listing
from collector.casework.approvals import terms as asking
from collector.casework.views import within
from collector.casework.views.terms import TermsView, preview, terms_view
from collector.casework.views.verifying import require_verified
from collector.foundation.errors import BadInput, Conflict
from collector.foundation.money import parse_amount
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Account, Portfolio
from collector.terms.actions import Order
from collector.terms.queries import listed
from collector.terms.rules import TermsKind
from collector.web.pages import terms_parts as parts
from collector.web.pages.opening import closed_file
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.pages.talk import locked
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Choice, Frame, Page, Table, Told, choices, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class AccountTermsPage(Page):
    template: ClassVar[str] = "terms.html"
    account_id: int
    key: str
    currency: str
    owed: Table
    lines: Sequence[str]
    live: parts.Live | None
    kinds: Sequence[Choice]
    typed: Mapping[str, str]
    problems: Sequence[str]
    shown: parts.Shown | None
    past: Table
    papers: Table
    may_read_papers: bool
    entries: Table
    may_propose: bool


class TermsForm(Form):
    """As typed. Amounts in major units."""

    kind: TermsKind
    reason: str = Field(default="", max_length=500)
    total: str | None = Field(default=None, max_length=40)
    due_on: date | None = None
    until: date | None = None
    count: int = Field(default=0, ge=0, le=1000)
    first: date | None = None
    interest: str | None = Field(default=None, max_length=40)

    def order(self, currency: str) -> Order:
        total, interest = (parse_amount(text, currency) if text else 0 for text in (self.total, self.interest))
        return Order(self.kind, self.reason, total, self.due_on, self.until, self.count, self.first, interest)


FIELDS = tuple(TermsForm.model_fields)


@router.get("/accounts/{account_id}/terms")
def account_terms(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    if closed := closed_file(request, desk, caller, account_id):
        return closed
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        require_verified(session, caller.actor, account)
        return render(_page(session, desk, caller, frame_of(request, caller), account, book, {}))


@router.post("/accounts/{account_id}/terms/preview")
def preview_terms(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What it would be now. Nothing is kept; what stands against it is said above the form."""
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        require_verified(session, caller.actor, account)
        return _seen(session, desk, caller, frame_of(request, caller), account, book, fields)


def _seen(
    session: Session,
    desk: Desk,
    caller: Caller,
    frame: Frame,
    account: Account,
    book: Portfolio,
    fields: Mapping[str, str],
) -> HTMLResponse:
    told = Told(frame.t, book.timezone, book.currency)
    try:
        order = read(TermsForm, dict(fields)).order(book.currency)
        row, who = preview(session, account, book, order, desk.clock(), caller.actor)
    except (BadInput, Conflict) as error:
        problems = [frame.t.problem(one) for one in getattr(error, "problems", ())] or [frame.t.error(error.message)]
        return render(_page(session, desk, caller, frame, account, book, fields, problems=problems), 422)
    shown = parts.shown(row, who, [(name, value) for name, value in fields.items()], told)
    return render(_page(session, desk, caller, frame, account, book, fields, shown=shown))


def _page(
    session: Session,
    desk: Desk,
    caller: Caller,
    frame: Frame,
    account: Account,
    book: Portfolio,
    typed: Mapping[str, str],
    *,
    problems: Sequence[str] = (),
    shown: parts.Shown | None = None,
) -> AccountTermsPage:
    told = Told(frame.t, book.timezone, book.currency)
    view: TermsView = terms_view(session, account, book, desk.clock())
    return AccountTermsPage(
        frame=frame,
        account_id=account.id or 0,
        key=f"{book.code}/{account.account_no}",
        currency=book.currency,
        owed=parts.components(view, told),
        lines=parts.lines(view, told),
        live=parts.live(view.live, told) if view.live else None,
        kinds=choices(frame.t, TermsKind),
        typed={name: typed.get(name, "") for name in FIELDS},
        problems=problems,
        shown=shown,
        past=parts.past(view.past, told),
        papers=parts.papers(view.papers, told),
        may_read_papers=may_open(caller, "letter_page"),
        entries=parts.entries(view.entries, told),
        may_propose=may_open(caller, "propose_terms") and view.live is None,
    )


@router.post("/accounts/{account_id}/terms")
def propose_terms(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(TermsForm, fields)
    with writing(desk) as session:
        account, book = locked(session, caller, account_id)
        require_verified(session, caller.actor, account)
        asking.propose(session, desk.office, account, form.order(book.currency), caller.actor, desk.clock())
    return see(f"/accounts/{account_id}/terms", "terms-asked")


class MoveTermsForm(Form):
    move: Literal["offer", "sign", "withdraw", "close"]


DONE = {
    "offer": (actions.offer_terms, "terms-offered"),
    "sign": (actions.sign_terms, "terms-signed"),
    "withdraw": (actions.withdraw_terms, "terms-withdrawn"),
    "close": (actions.close_account, "terms-closed"),
}


@router.post("/terms/{terms_id}/move")
def move_terms(terms_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Told to the borrower, signed, withdrawn, or the account closed."""
    form = read(MoveTermsForm, fields)
    action, said = DONE[form.move]
    with writing(desk) as session:
        row = within.terms(session, caller.actor.scope, terms_id)
        account, _ = locked(session, caller, row.account_id)
        require_verified(session, caller.actor, account)
        action(session, desk.office, terms_id=terms_id, at=desk.clock(), actor=caller.actor)
        back = f"/accounts/{account.id}/terms"
    return see(back, said)


# --- all that is open ---


@dataclass(frozen=True)
class TermsPage(Page):
    template: ClassVar[str] = "terms_list.html"
    rows: Table
    books: Sequence[Choice]
    month: str
    may_advance: bool


@router.get("/terms")
def terms_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """What is proposed, approved or offered, that whose day comes first on top."""
    frame = frame_of(request, caller)
    with reading(desk) as session:
        rows = parts.open_terms(listed(session, caller.actor.scope), frame.t)
        books = [Choice(str(one.id), one.code) for one in portfolios(session, caller.actor.scope)]
    month = f"{desk.clock():%Y-%m}"
    return render(TermsPage(frame, rows, books, month, may_open(caller, "propose_advances")))


class AdvancesForm(Form):
    book: int = Field(ge=1, le=2**62)
    month: str = Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")


@router.post("/terms/advances")
def propose_advances(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The list of a month, put before a second person."""
    form = read(AdvancesForm, fields)
    with writing(desk) as session:
        book = within.portfolio(session, caller.actor.scope, form.book)
        listing.propose(session, book, date.fromisoformat(f"{form.month}-01"), caller.actor, desk.clock())
    return see("/terms", "asked-two")
