"""One letter with what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.casework import actions
from collector.casework.actions.documents import paper_of
from collector.casework.actions.letters import LetterPosted
from collector.casework.actions.letters.printing import letter_docx, letter_pdf
from collector.casework.letters.lists import Listed, Struck, letter, struck
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.history.rules import MOST_BYTES, LetterStep, ReturnReason
from collector.history.rules.letters import STRIKABLE, may_step
from collector.history.tables import LetterCorrection, LetterEvent, LetterRow
from collector.portfolio.queries import portfolio_of
from collector.texts.rules import AGREEMENTS, CONTACTS
from collector.web.pages.letters import download
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, Told, choices, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class LetterPage(Page):
    template: ClassVar[str] = "letter.html"
    letter_id: int
    number: str
    title: str
    account_id: int
    account: str
    facts: Sequence[tuple[str, str]]
    lines: Sequence[str]
    steps: Table
    today: str
    is_printed: bool
    may_print: bool
    may_post: bool
    may_arrive: bool
    may_return: bool
    may_sign: bool
    strikable: Sequence[Choice]
    """Steps that can be struck by who looks."""
    may_leave: bool
    reasons: Sequence[Choice]


@router.get("/letters/{letter_id}")
def letter_page(letter_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        row, seen = letter(session, caller.actor.scope, letter_id)
        today = local_day(desk.clock(), seen.zone)
        currency = portfolio_of(session, row.portfolio_id).currency
        gone = struck(session, letter_id)
    told, done = Told(t, seen.zone, currency), seen.events.keys()
    tells = may_open(caller, "letter_step")
    page = LetterPage(
        frame=frame,
        letter_id=letter_id,
        number=seen.number,
        title=str(row.body["title"]),
        account_id=seen.account_id,
        account=seen.account,
        facts=[
            (t("Addressed to"), seen.person or "—"),
            (t("Kind"), t.word(row.kind)),
            (t("State"), t.word(seen.state)),
            (t("Made"), f"{told.moment(row.made_at)} · {row.actor.removeprefix('user:')}"),
            *_amounts(row, told),
            (t("Template"), row.template),
        ],
        lines=list(row.body["to"]),
        steps=_steps(seen, gone, told),
        today=today.isoformat(),
        is_printed=LetterStep.printed in done,
        may_print=may_open(caller, "print_letter") and LetterStep.printed not in done,
        may_post=tells and row.kind not in AGREEMENTS and may_step(LetterStep.posted, done),
        may_arrive=tells and may_step(LetterStep.arrived, done),
        may_return=tells and may_step(LetterStep.returned, done),
        may_sign=tells and (bool(row.body["slip"]) or row.kind in AGREEMENTS) and may_step(LetterStep.signed, done),
        strikable=_strikable(done, t) if may_open(caller, "strike_letter") else (),
        may_leave=may_open(caller, "letter_left") and row.kind in CONTACTS and may_step(LetterStep.posted, done),
        reasons=choices(t, ReturnReason),
    )
    return render(page)


def _amounts(row: LetterRow, told: Told) -> list[tuple[str, str]]:
    """What it says is owed, and what the ledger said that day where that is another sum."""
    if row.amounts is None:
        return []
    said = [(told.t("Balance to the day"), told.money(row.amounts["owed"]))]
    if row.owed != row.amounts["owed"]:
        said.append((told.t("By the ledger"), told.money(row.owed)))
    return said


def _strikable(done: Collection[LetterStep], t: Words) -> list[Choice]:
    return [Choice(step.value, t.word(step)) for step in LetterStep if step in STRIKABLE and step in done]


def _steps(seen: Listed, gone: Sequence[Struck], told: Told) -> Table:
    """Every step in the order it was noted, struck ones too, with why."""
    t = told.t
    why_struck = {one.event.id: one.correction for one in gone}
    rows = sorted([*seen.events.values(), *(one.event for one in gone)], key=lambda one: one.id or 0)
    return table(
        [t("Step"), t("Day"), t("Posting number"), t("Why"), t("Noted"), t("By")],
        [
            [
                Cell(t.word(one.step), "dim" if one.id in why_struck else ""),
                told.day(one.on),
                one.posting_no or "",
                _why(one, why_struck.get(one.id), told),
                told.moment(one.at),
                one.actor.removeprefix("user:"),
            ]
            for one in rows
        ],
        t("Nothing happened to this letter yet: print it first."),
    )


def _why(event: LetterEvent, correction: LetterCorrection | None, told: Told) -> Cell:
    t = told.t
    if correction is not None:
        moment, who = told.moment(correction.at), correction.actor.removeprefix("user:")
        return Cell(t("struck {moment} by {who}: {why}", moment=moment, who=who, why=correction.reason), "look wrap")
    if event.refused:
        said = t("left against the gate's no: {why}", why=event.why)
        return Cell(f"{said} ({t.error(event.refused)})", "late wrap")
    return Cell(t.word(event.reason) if event.reason else "")


class StrikeForm(Form):
    step: LetterStep
    reason: str


@router.post("/letters/{letter_id}/strike")
def strike_letter(letter_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """An arrival, a return or a slip that was noted in error."""
    form = read(StrikeForm, fields)
    with writing(desk) as session:
        letter(session, caller.actor.scope, letter_id)
        now, actor = desk.clock(), caller.actor
        actions.letter_struck(session, desk.office, letter_id, form.step, form.reason, at=now, actor=actor)
    return see(f"/letters/{letter_id}", "letter-struck")


class LeftForm(Form):
    posting_no: str
    day: date
    reason: str


@router.post("/letters/{letter_id}/left")
def letter_left(letter_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """It really left, although the gate said no: put on record as that."""
    form = read(LeftForm, fields)
    with writing(desk) as session:
        letter(session, caller.actor.scope, letter_id)
        now, actor, told = desk.clock(), caller.actor, (form.posting_no, form.day, form.reason)
        event = actions.letter_left(session, desk.office, letter_id, *told, at=now, actor=actor)
        said = "letter-left" if event.refused else "letter-posted"
    return see(f"/letters/{letter_id}", said)


@router.post("/letters/{letter_id}/print")
def print_letter(letter_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    read(Form, fields)
    with reading(desk) as session:
        letter(session, caller.actor.scope, letter_id)
    actions.print_letter(desk.office, letter_id, desk.clock(), caller.actor)
    return see(f"/letters/{letter_id}", "printed")


@router.get("/letters/{letter_id}/pdf")
def letter_as_pdf(letter_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """As it was printed. Who takes it is on record."""
    with reading(desk) as session:
        row, seen = letter(session, caller.actor.scope, letter_id)
        content = letter_pdf(session, desk.office, row)
    with writing(desk) as session:
        actions.give_letters(session, [letter_id], "pdf", desk.clock(), caller.actor)
    return download(content, f"{seen.number}.pdf", "application/pdf")


@router.get("/letters/{letter_id}/docx")
def letter_as_docx(letter_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """The same words for whoever edits the draft. Who takes it is on record."""
    with reading(desk) as session:
        row, seen = letter(session, caller.actor.scope, letter_id)
    content = letter_docx(desk.office, row)
    with writing(desk) as session:
        actions.give_letters(session, [letter_id], "docx", desk.clock(), caller.actor)
    return download(content, f"{seen.number}.docx", DOCX)


class StepForm(Form):
    step: LetterStep
    day: date
    posting_no: str = ""
    why: ReturnReason | None = None


@router.post("/letters/{letter_id}/step")
async def letter_step(letter_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Posted, arrived, returned or signed, with a scan where there is one. A refusal of the gate is stored before it is
    told."""
    form = read(StepForm, {name: value for name, value in fields.items() if name != "scan"})
    scan = (await request.form()).get("scan")
    content = await scan.read(MOST_BYTES + 1) if isinstance(scan, UploadFile) and scan.filename else None
    await run_in_threadpool(_step, desk, caller, letter_id, form, content)
    return see(f"/letters/{letter_id}", f"letter-{form.step}")


def _step(desk: Desk, caller: Caller, letter_id: int, form: StepForm, content: bytes | None) -> None:
    with reading(desk) as session:
        letter(session, caller.actor.scope, letter_id)
    scan = paper_of(content) if content is not None else None
    now, office, actor, day = desk.clock(), desk.office, caller.actor, form.day
    done: LetterPosted | None = None
    with writing(desk) as session:
        letter(session, actor.scope, letter_id)
        if form.step is LetterStep.posted:
            done = actions.letter_posted(session, office, letter_id, form.posting_no, day, at=now, actor=actor)
        elif form.step is LetterStep.arrived:
            actions.letter_arrived(session, office, letter_id, day, at=now, actor=actor, scan=scan)
        elif form.step is LetterStep.signed:
            actions.letter_signed(session, office, letter_id, day, at=now, actor=actor, scan=scan)
        elif form.step is LetterStep.returned:
            why = form.why or ReturnReason.other
            actions.letter_returned(session, office, letter_id, day, why, at=now, actor=actor, scan=scan)
        else:
            raise BadInput("a letter is printed from its page, not noted as printed")
    if done is not None:
        done.require()
