"""Operations: load a file, see what was refused and why, put payments where they belong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.audit.actions import record
from collector.casework import actions, queries
from collector.casework.views import matching, queues, within
from collector.casework.views.floor import approvals, held_count
from collector.foundation.clock import parse_moment
from collector.foundation.errors import BadInput
from collector.identity.tables import User
from collector.portfolio.queries import portfolios
from collector.portfolio.rules import LoadKind
from collector.web.loading import load_upload
from collector.web.pages.floor import Waiting, waiting
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Frame, Page, Table, Told, choices, num, render, table
from collector.web.uploads import kept_rejects, rejects_file

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]

TOTALS = ("read", "accepted", "unchanged", "rejected", "held")


@dataclass(frozen=True)
class HeldShown:
    id: int
    words: str
    payer: str
    suggestions: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SaysPaidShown:
    hold_id: int
    account_id: int
    key: str
    words: str


@dataclass(frozen=True)
class OperationsPage(Page):
    template: ClassVar[str] = "operations.html"
    kinds: Sequence[Choice]
    codes: Sequence[str]
    loads: Table
    held: Sequence[HeldShown]
    held_count: int
    says_paid: Sequence[SaysPaidShown]
    approvals: Sequence[Waiting]
    may_decide: bool
    may_load: bool
    may_match: bool
    may_answer: bool
    may_plan: bool


@dataclass(frozen=True)
class LoadedPage(Page):
    template: ClassVar[str] = "loaded.html"
    totals: Sequence[tuple[str, str]]
    problems: Sequence[str]
    rejects: str
    as_of: str


@router.get("/operations")
def operations(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        scope = caller.actor.scope
        books = portfolios(session, scope)
        page = OperationsPage(
            frame=frame,
            kinds=choices(t, LoadKind),
            codes=[book.code for book in books],
            loads=_loads(desk, queues.loads(session, scope), {book.id or 0: book.code for book in books}, frame),
            held=[_held(one, frame, caller) for one in queues.held_payments(session, scope)],
            held_count=held_count(session, scope),
            says_paid=[_says_paid(one, frame, now) for one in queues.says_paid(session, scope)],
            approvals=[
                waiting(session, row, caller, t) for row in approvals(session, scope) if row.kind == matching.MATCH
            ],
            may_decide=may_open(caller, "decide_approval"),
            may_load=may_open(caller, "load_file"),
            may_match=may_open(caller, "propose_match"),
            may_answer=may_open(caller, "answer_says_paid"),
            may_plan=may_open(caller, "plan_now"),
        )
    return render(page)


def _loads(desk: Desk, rows: Sequence[Any], codes: dict[int, str], frame: Frame) -> Table:
    t = frame.t
    head: list[Cell | str] = [t("When"), t("Kind"), t("Portfolio"), t("File"), t("By")]
    return table(
        [*head, *(num(t(f"{name}")) for name in TOTALS), ""],
        [
            [
                f"{Told(t, 'UTC').short(row.at)} UTC",
                t.word(row.kind),
                codes.get(row.portfolio_id or 0, ""),
                row.file_name,
                row.actor.removeprefix("user:"),
                *(
                    num(str(getattr(row, name)), "late" if name == "rejected" and row.rejected else "")
                    for name in TOTALS
                ),
                _rejects(desk, row, t),
            ]
            for row in rows
        ],
        t("Nothing was loaded yet. Start with portfolios, then callers, accounts, instalments and payments."),
    )


def _rejects(desk: Desk, row: Any, t: Any) -> Cell:
    if row.rejected and rejects_file(desk.office, row.id or 0).is_file():
        return Cell(t("refused rows"), "", f"/operations/loads/{row.id}/rejects")
    return Cell("")


def _held(one: queues.Held, frame: Frame, caller: Caller) -> HeldShown:
    """The whole card number only for those who look for its account."""
    told_of = Told(frame.t, one.zone, one.currency)
    payment = one.payment
    card = payment.card_no or ""
    if card and not may_open(caller, "propose_match"):
        card = f"··{card[-4:]}"
    numbers = payment.account_no or card
    words = " · ".join(
        part for part in (one.code, told_of.money(payment.amount), told_of.moment(payment.paid_at), numbers) if part
    )
    suggestions = [(key, frame.t.word(why)) for _, key, why in one.suggestions]
    return HeldShown(payment.id or 0, words, payment.payer_name or "", suggestions)


def _says_paid(one: queues.SaysPaid, frame: Frame, now: datetime) -> SaysPaidShown:
    t, told = frame.t, Told(frame.t, one.zone)
    said = t("said {moment}", moment=told.whose(one.since))
    is_quiet = one.until is not None and one.until > now
    quiet = t("quiet until {moment}", moment=told.moment(one.until)) if is_quiet else t("the quiet is over")
    return SaysPaidShown(one.hold_id, one.account_id, one.key, f"{said} · {quiet}")


class LoadForm(Form):
    kind: LoadKind
    portfolio: str | None = None
    as_of: str | None = None


@router.post("/operations/load")
async def load_file(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(LoadForm, {name: value for name, value in fields.items() if name not in {"file", "mapping"}})
    files = await request.form()
    file, mapping = (_upload(files.get(name)) for name in ("file", "mapping"))
    if file is None:
        raise BadInput("choose a file first")
    result = await run_in_threadpool(
        load_upload,
        desk,
        caller,
        form.kind,
        file,
        mapping,
        portfolio=form.portfolio,
        as_of=parse_moment(form.as_of) if form.as_of else None,
        at=desk.clock(),
    )
    return render(_loaded(frame_of(request, caller), result.totals()))


def _upload(value: Any) -> UploadFile | None:
    return value if isinstance(value, UploadFile) and value.filename else None


def _loaded(frame: Frame, totals: dict[str, Any]) -> LoadedPage:
    t = frame.t
    as_of = totals["payments_as_of"]
    return LoadedPage(
        frame=frame,
        totals=[(t(name), str(totals[name])) for name in TOTALS],
        problems=[str(problem) for problem in totals["problems"]],
        rejects=f"/operations/loads/{totals['run']}/rejects" if totals["rejected"] and totals["run"] else "",
        as_of=Told(t, "UTC").whose(as_of) if as_of else "",
    )


@router.get("/operations/loads/{run_id}/rejects")
def download_rejects(run_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """The refused rows as CSV. They hold what the file held, so the look is on record."""
    with reading(desk) as session:
        within.load_run(session, caller.actor.scope, run_id)
    path = kept_rejects(desk.office, run_id)
    with writing(desk) as session:
        record(session, caller.actor.name, "load.rejects", f"load_run:{run_id}", {}, desk.clock())
    return FileResponse(path, media_type="text/csv", filename=f"rejects-{run_id}.csv")


class ProofForm(Form):
    found: bool


@router.post("/says-paid/{hold_id}/answer")
def answer_says_paid(hold_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The money was looked for: it is there, or it is not."""
    form = read(ProofForm, fields)
    with writing(desk) as session:
        within.hold(session, caller.actor.scope, hold_id)
        actions.answer_says_paid(
            session, desk.office, hold_id=hold_id, found=form.found, at=desk.clock(), actor=caller.actor
        )
    return see("/operations", "looked")


class MatchForm(Form):
    account: str


@router.post("/payments/{payment_id}/match")
def propose_match(payment_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Say where a payment belongs; a second person confirms it (handbook section 2)."""
    form = read(MatchForm, fields)
    with writing(desk) as session:
        payment = within.payment(session, caller.actor.scope, payment_id)
        account, _ = queries.account_and_portfolio(session, form.account, caller.actor.scope)
        matching.propose(session, payment, account, session.get_one(User, caller.actor.user_id), desk.clock())
    return see("/operations", "proposed")
