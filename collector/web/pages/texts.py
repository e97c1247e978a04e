"""The texts that are sent: what they say, come to and are used for; registered where the carrier asks for it; changed
only by two people (security section 1, borrowers' payments)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.casework.approvals import texts as approving
from collector.casework.views import portfolios as books
from collector.casework.views import texts as views
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.texts import actions
from collector.texts.rules import Purpose, Registration
from collector.web.answers import status_of
from collector.web.pages import text_parts as parts
from collector.web.pages.approvals import Waiting, waiting
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, choices, num, render, table
from collector.web.words import Words

router = APIRouter()
Language = Annotated[str, Path(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
SKELETON = "purpose: overdue\ntone: courteous\ndescription: \n---\n"


@dataclass(frozen=True)
class TextsPage(Page):
    template: ClassVar[str] = "texts.html"
    texts: Table
    may_propose: bool


@dataclass(frozen=True)
class Draft:
    """What somebody typed, and what is found about it. `sample`: as it would read."""

    source: str
    reason: str = ""
    problems: Sequence[str] = ()
    sample: str = ""
    comes_to: str = ""
    checks: Table | None = None


@dataclass(frozen=True)
class TextPage(Page):
    template: ClassVar[str] = "text.html"
    where: str
    """Its address, without what is done there."""
    title: str
    is_new: bool
    about: Sequence[tuple[str, str]]
    sample: str
    source: str
    variables: Table
    used: Table
    books: Table
    proposal: Waiting | None
    versions: Table
    draft: Draft
    purposes: Sequence[Choice]
    may_propose: bool
    may_register: bool
    codes: Sequence[tuple[int, str]]
    states: Sequence[Choice]
    today: str


@router.get("/texts")
def texts_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        found = views.texts(session, desk.office, caller.actor.scope, desk.clock())
    head: list[Cell | str] = [t("Text"), t("Language"), t("Purpose"), t("Tone"), num(t("Parts")), t("Encoding")]
    head += [t("Version"), t("Used by"), t("Carried as"), t("Registered"), t("Waits")]
    return render(
        TextsPage(frame, table(head, [parts.in_short(one, t) for one in found], ""), may_open(caller, "propose_text"))
    )


class NewForm(Form):
    language: str
    name: str


@router.post("/texts/new")
def new_text(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """To the page of a text that is not there yet."""
    form = read(NewForm, fields)
    approving.require_names(form.language, form.name)
    return see(f"/texts/{form.language}/{form.name}")


@router.get("/texts/{language}/{name}")
def text_page(request: Request, language: Language, name: Name, desk: DeskParam, caller: CallerParam) -> Any:
    with reading(desk) as session:
        return render(_page(session, request, desk, caller, language, name))


def _page(session: Session, request: Request, desk: Desk, caller: Caller, language: str, name: str) -> TextPage:
    """Of a text that is not there yet, the page on which it can be written."""
    frame, now, scope = frame_of(request, caller), desk.clock(), caller.actor.scope
    t = frame.t
    try:
        view = views.text_view(session, desk.office, scope, language, name, now)
    except NotFound:
        view = None
    row = view.row if view else None
    asked = row.proposal if row else views.proposal_of(session, language, name)
    return TextPage(
        frame=frame,
        where=f"/texts/{language}/{name}",
        title=f"{language}/{name}",
        is_new=row is None,
        about=parts.about(row, t) if row else [],
        sample=row.sample if row else "",
        source=row.template.source if row else "",
        variables=parts.variables(row.template, t) if row else table([], [], ""),
        used=parts.used(row, t) if row else table([], [], ""),
        books=parts.in_books(row.books, t) if row else table([], [], ""),
        proposal=waiting(session, asked, caller, t) if asked else None,
        versions=parts.versions(view.versions if view else [], t),
        draft=Draft(row.template.source if row else SKELETON),
        purposes=choices(t, Purpose),
        may_propose=may_open(caller, "propose_text"),
        may_register=may_open(caller, "register_text") and row is not None,
        codes=[(one.book.id or 0, one.book.code) for one in row.books] if row else [],
        states=choices(t, Registration),
        today=now.date().isoformat(),
    )


class TextForm(Form):
    source: str
    reason: str = ""


@router.post("/texts/{language}/{name}/check")
def check_text(
    request: Request, language: Language, name: Name, desk: DeskParam, caller: CallerParam, fields: FormParam
) -> Any:
    """How it would read, what it would come to, and what is against it. Nothing is kept."""
    form = read(TextForm, fields)
    with reading(desk) as session:
        page = _page(session, request, desk, caller, language, name)
        draft = _checked(session, desk, caller, language, name, form, page.frame.t)
    return render(replace(page, draft=draft), 422 if draft.problems else 200)


def _checked(session: Session, desk: Desk, caller: Caller, language: str, name: str, form: TextForm, t: Words) -> Draft:
    try:
        template = approving.drafted(language, name, form.source)
    except BadInput as error:
        return Draft(form.source, form.reason, [str(problem) for problem in error.problems] or [error.message])
    text, segments = views.sample_of(template)
    found = views.checked(session, desk.office, caller.actor.scope, template, desk.clock())
    return Draft(form.source, form.reason, (), text, parts.comes_to(segments, t), parts.in_books(found, t))


@router.post("/texts/{language}/{name}/propose")
def propose_text(
    request: Request, language: Language, name: Name, desk: DeskParam, caller: CallerParam, fields: FormParam
) -> Any:
    """Put it before a second person. What is against it is told beside the form, which keeps it."""
    form = read(TextForm, fields)
    try:
        with writing(desk) as session:
            approving.propose(
                session, desk.office, language, name, form.source, form.reason, caller.actor, desk.clock()
            )
    except (BadInput, Conflict) as error:
        told = [str(problem) for problem in getattr(error, "problems", ())] or [error.message]
        with reading(desk) as session:
            page = _page(session, request, desk, caller, language, name)
        return render(replace(page, draft=Draft(form.source, form.reason, told)), status_of(error))
    return see(f"/texts/{language}/{name}", "asked-two")


class RegisterForm(Form):
    portfolio: int
    state: Registration
    carrier_id: str = ""
    since: date
    until: date | None = None
    note: str = ""


@router.post("/texts/{language}/{name}/register")
def register_text(language: Language, name: Name, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Note what the carrier said of the words in force."""
    form = read(RegisterForm, fields)
    with writing(desk) as session:
        book = books.one(session, caller.actor.scope, form.portfolio)
        template = desk.office.texts(session).exact(name, language)
        if template is None:
            raise NotFound
        actions.register(
            session,
            book.id or 0,
            desk.office.carrier_name,
            language,
            name,
            template.digest,
            form.state,
            carrier_id=form.carrier_id,
            since=form.since,
            until=form.until,
            note=form.note,
            actor=caller.actor.name,
            at=desk.clock(),
        )
    return see(f"/texts/{language}/{name}", "registered")
