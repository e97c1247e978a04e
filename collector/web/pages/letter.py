"""One letter with what became of it, and the letters and drafts of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session
from starlette.datastructures import UploadFile

from collector.casework import actions
from collector.casework.actions.documents import paper_of
from collector.casework.actions.letters import LetterOrder, LetterPosted
from collector.casework.actions.letters.printing import letter_docx, letter_pdf
from collector.casework.letters.agreed import KIND_OF, drawable
from collector.casework.letters.gathering import letter_language
from collector.casework.letters.lists import Listed, letter, letters_of
from collector.casework.views import within
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.history.rules import MOST_BYTES, LetterStep, ReturnReason
from collector.history.rules.letters import may_step
from collector.history.tables import LetterRow
from collector.portfolio.queries import parties, person_of, portfolio_of
from collector.portfolio.rules import OBLIGORS, PartyRole
from collector.portfolio.tables import Account
from collector.texts.rules import AGREEMENTS, CONTACTS, FILINGS, VALUES, Entry, LetterKind
from collector.web.pages.letters import download, listed
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Choice, Page, Table, Told, choices, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {Entry.day: "date", Entry.amount: "text", Entry.line: "text", Entry.code: "text", Entry.text: "area"}


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
    reasons: Sequence[Choice]


@dataclass(frozen=True)
class Asked:
    """A value that is entered with a draft."""

    name: str
    words: str
    type: str


@dataclass(frozen=True)
class Draft:
    """A kind of letter with what must be entered. `people`: who can be addressed; empty: nobody is."""

    kind: str
    words: str
    people: Sequence[Choice]
    asked: Sequence[Asked]
    drawn: str = ""
    """Of an agreement: the terms that it is drawn from."""
    is_closed: bool = False
    """There are no terms that it could be drawn from."""


@dataclass(frozen=True)
class AccountLettersPage(Page):
    template: ClassVar[str] = "account_letters.html"
    account_id: int
    account: str
    listed: Table
    groups: Sequence[tuple[str, Sequence[Draft]]]
    languages: Sequence[Choice]
    may_make: bool


@router.get("/letters/{letter_id}")
def letter_page(letter_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        row, seen = letter(session, caller.actor.scope, letter_id)
        today = local_day(desk.clock(), seen.zone)
        currency = portfolio_of(session, row.portfolio_id).currency
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
        steps=_steps(seen, told),
        today=today.isoformat(),
        is_printed=LetterStep.printed in done,
        may_print=may_open(caller, "print_letter") and LetterStep.printed not in done,
        may_post=tells and row.kind not in AGREEMENTS and may_step(LetterStep.posted, done),
        may_arrive=tells and may_step(LetterStep.arrived, done),
        may_return=tells and may_step(LetterStep.returned, done),
        may_sign=tells and (bool(row.body["slip"]) or row.kind in AGREEMENTS) and may_step(LetterStep.signed, done),
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


def _steps(seen: Listed, told: Told) -> Table:
    t = told.t
    rows = sorted(seen.events.values(), key=lambda one: one.id or 0)
    return table(
        [t("Step"), t("Day"), t("Posting number"), t("Why"), t("Noted"), t("By")],
        [
            [
                t.word(one.step),
                told.day(one.on),
                one.posting_no or "",
                t.word(one.reason) if one.reason else "",
                told.moment(one.at),
                one.actor.removeprefix("user:"),
            ]
            for one in rows
        ],
        t("Nothing happened to this letter yet: print it first."),
    )


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


@router.get("/accounts/{account_id}/letters")
def account_letters(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        found = letters_of(session, account_id)
        people = _people(session, account, frame.t)
        language = letter_language(session, account)
        groups = _groups(desk, people, language, frame.t)
        told = Told(frame.t, book.timezone, book.currency)
        groups = [(words, [_drawn(session, account_id, one, told) for one in drafts]) for words, drafts in groups]
    page = AccountLettersPage(
        frame=frame,
        account_id=account_id,
        account=f"{book.code}/{account.account_no}",
        listed=listed(found, frame.t),
        groups=groups,
        languages=_languages(language, frame.t),
        may_make=may_open(caller, "make_letter"),
    )
    return render(page)


def _people(session: Session, account: Account, t: Words) -> dict[PartyRole, list[Choice]]:
    """Who owes, by role."""
    borrower = Choice(str(account.person_id), f"{person_of(session, account.person_id).name} · {t.word('borrower')}")
    found: dict[PartyRole, list[Choice]] = {PartyRole.borrower: [borrower]}
    for row, person in parties(session, account.id or 0):
        if row.role in OBLIGORS and person.id != account.person_id:
            found.setdefault(row.role, []).append(Choice(str(person.id), f"{person.name} · {t.word(row.role)}"))
    return found


def _languages(first: str, t: Words) -> list[Choice]:
    words = {"zh": t("in Chinese"), "en": t("in English")}
    return [Choice(one, words[one]) for one in sorted(words, key=lambda one: one != first)]


def _groups(
    desk: Desk, people: dict[PartyRole, list[Choice]], language: str, t: Words
) -> list[tuple[str, Sequence[Draft]]]:
    names = ((t("Letters to who owes"), CONTACTS), (t("Agreements"), AGREEMENTS), (t("For the court"), FILINGS))
    return [
        (words, [_draft(desk, kind, people, language, t) for kind in LetterKind if kind in kinds])
        for words, kinds in names
    ]


def _draft(desk: Desk, kind: LetterKind, people: dict[PartyRole, list[Choice]], language: str, t: Words) -> Draft:
    template = desk.office.letters.letter(kind, language)
    owing = [one for found in people.values() for one in found]
    guarantors = people.get(PartyRole.guarantor, [])
    to = guarantors if kind is LetterKind.guarantor_notice else owing
    asked = [Asked(one.name, t.word(one.meaning), TYPES[one.entry]) for one in template.entries if one.entry]
    return Draft(kind.value, t.word(kind), to if kind in CONTACTS else (), asked)


def _drawn(session: Session, account_id: int, draft: Draft, told: Told) -> Draft:
    """The draft of an agreement with the terms that it would put into writing."""
    kind, t = LetterKind(draft.kind), told.t
    if kind not in KIND_OF:
        return draft
    row = drawable(session, account_id, kind)
    if row is None:
        return replace(draft, drawn=t("Closed: drawn from approved terms, and there are none."), is_closed=True)
    day = row.schedule["matures"] if row.schedule else told.day(row.due_on)
    total = told.money(row.total) if row.total else ""
    return replace(draft, drawn=" · ".join(filter(None, [t.word(row.kind), total, day])))


class MakeForm(Form):
    kind: LetterKind
    person: int | None = None
    language: str = ""


@router.post("/accounts/{account_id}/letters")
def make_letter(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Made and printed at once; what is missing is told by name, and nothing is made then."""
    entered = {name: value for name, value in fields.items() if name in VALUES and VALUES[name].entry}
    form = read(MakeForm, {name: value for name, value in fields.items() if name not in entered})
    with writing(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        order = LetterOrder(account.id or 0, form.kind, form.person, form.language or None, entered)
        letter_id = actions.make_letter(session, desk.office, order, at=desk.clock(), actor=caller.actor).id or 0
    actions.print_letter(desk.office, letter_id, desk.clock(), caller.actor)
    return see(f"/letters/{letter_id}", "printed")
