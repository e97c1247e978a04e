"""A person's own page: password, app for codes, language, sessions that are open, and what happened to the login."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import segno
from fastapi import APIRouter, Request
from markupsafe import Markup

from collector.audit.queries import entries_of
from collector.audit.tables import AuditEntry
from collector.foundation.errors import BadInput
from collector.identity import actions as identity
from collector.identity.queries import open_sessions
from collector.identity.rules.codes import address_of, in_groups
from collector.identity.tables import User, UserSession
from collector.web.confirming import require_confirmed
from collector.web.pages.shell import Form, frame_of, read, see, whose
from collector.web.session import CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Frame, Page, Table, Told, render, table
from collector.web.words import Words

router = APIRouter()
SHOWN_EVENTS = 40
EVENTS: Final = {
    "user.add": "The login was made.",
    "user.change": "An admin changed what the login may do.",
    "user.password": "The password was changed.",
    "user.disable": "The login was closed.",
    "user.enable": "The login was opened again.",
    "user.unlock": "An admin took the waiting time off.",
    "user.reset_code": "A code for a new password was made.",
    "user.reset": "A new password was set with such a code.",
    "user.reset_seen": "The reset was taken note of.",
    "reset.failed": "A wrong code for a new password was tried.",
    "user.codes_begun": "An app for codes was begun.",
    "user.codes_on": "An app for codes is in use.",
    "user.codes_off": "The app for codes was given up.",
    "login": "Signed in.",
    "login.failed": "A sign-in failed.",
    "login.confirmed": "Password or code given again.",
    "logout": "Signed out.",
    "logout.elsewhere": "Other sessions were ended.",
}
"""What of the audit is told of a login, to its own user and to admins."""
BAD = frozenset({"login.failed", "reset.failed"})


@dataclass(frozen=True)
class OpenSession:
    handle: str
    since: str
    seen: str
    address: str
    browser: str
    here: bool


@dataclass(frozen=True)
class MePage(Page):
    template: ClassVar[str] = "me.html"
    name: str
    staff_no: str
    codes_since: str
    """When the app for codes was set up; empty: there is none."""
    may_end_codes: bool
    sessions: Sequence[OpenSession]
    events: Table


@router.get("/me")
def me(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame, user = frame_of(request, caller), caller.person
    told = Told(frame.t, "UTC")
    with reading(desk) as session:
        rows = open_sessions(session, user, desk.clock())
        entries = entries_of(session, f"user:{user.id}", SHOWN_EVENTS)
    page = MePage(
        frame,
        user.name,
        user.staff_no,
        told.whose(user.totp_since) if user.totp_since else "",
        not (desk.office.settings.codes_required and identity.needs_code(user)),
        [_session(row, caller.session, told) for row in rows],
        events(entries, frame.t),
    )
    return render(page)


def _session(row: UserSession, own: UserSession | None, told: Told) -> OpenSession:
    here = own is not None and row.handle == own.handle
    return OpenSession(
        row.handle, told.moment(row.created_at), told.moment(row.seen_at), row.address, row.browser, here
    )


def events(entries: Sequence[AuditEntry], t: Words) -> Table:
    """What happened to a login, newest first, as its own user and the admins are told it."""
    told = Told(t, "UTC")
    return table(
        [t("When"), t("What"), t("By")],
        [
            [told.whose(row.at), Cell(t(EVENTS[row.action]), "wrap late" if row.action in BAD else "wrap"), _by(row, t)]
            for row in entries
            if row.action in EVENTS
        ],
        t("Nothing happened to this login yet."),
    )


def _by(row: AuditEntry, t: Words) -> Cell:
    return Cell(t("unknown") if row.actor == "anonymous" else whose(row.actor, t), "dim")


class WhichForm(Form):
    which: str
    """The handle of a session, or "all"."""


@router.post("/me/sessions")
def end_sessions(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """End the other sessions of this login, one or all: the one in use goes on."""
    form = read(WhichForm, fields)
    own = caller.session.token_hash if caller.session else ""
    handle = None if form.which == "all" else form.which
    if handle is not None and len(handle) != len(own[:16]):
        raise BadInput("there is no such session")
    with writing(desk) as session:
        identity.end_other_sessions(session, session.get_one(User, caller.person.id), own, desk.clock(), handle=handle)
    return see("/me", "sessions")


class NoForm(Form):
    pass


@router.post("/me/reset-seen")
def reset_seen(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    read(NoForm, fields)
    with writing(desk) as session:
        identity.reset_is_seen(session, session.get_one(User, caller.person.id), desk.clock())
    return see("/me")


@dataclass(frozen=True)
class CodesPage(Page):
    template: ClassVar[str] = "codes.html"
    must: bool
    """The role needs it, and nothing else opens before."""
    since: str
    problem: str = ""
    secret: str = ""
    """Of the app to be set up: shown once."""
    picture: str = ""
    waits: bool = False
    """A secret was shown, and its first code is awaited."""
    may_end: bool = True


def _codes_page(frame: Frame, desk: Desk, user: User, **more: Any) -> CodesPage:
    required = desk.office.settings.codes_required and identity.needs_code(user)
    since = Told(frame.t, "UTC").whose(user.totp_since) if user.totp_since else ""
    return CodesPage(frame, required and not since, since, may_end=not required, **more)


@router.get("/me/codes")
def codes_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return render(_codes_page(frame_of(request, caller), desk, caller.person))


class ConfirmForm(Form):
    confirm: str = ""


@router.post("/me/codes")
def begin_codes(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A new secret, shown once as text and as a picture; the app in use goes on until the new one gave a code."""
    require_confirmed(request, desk, caller, read(ConfirmForm, fields).confirm)
    with writing(desk) as session:
        user = session.get_one(User, caller.person.id)
        secret = identity.begin_codes(session, desk.office.keys, user, desk.clock())
    picture = _picture(address_of(secret, user.name))
    page = _codes_page(frame_of(request, caller), desk, user, secret=in_groups(secret), picture=picture, waits=True)
    return render(page)


def _picture(address: str) -> Markup:
    """Drawn here: the secret goes to nobody else, and the content policy lets no picture in from elsewhere."""
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff", omitsize=False)
    return Markup(drawn)  # noqa: S704 - paths and numbers only


class FirstCodeForm(Form):
    code: str


@router.post("/me/codes/first")
def first_code(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The first code of the new secret puts it in use."""
    form = read(FirstCodeForm, fields)
    try:
        with writing(desk) as session:
            user = session.get_one(User, caller.person.id)
            identity.first_code(session, desk.office.keys, user, form.code, desk.clock())
    except BadInput as error:
        frame = frame_of(request, caller)
        problem = frame.t.error(error.message)
        return render(_codes_page(frame, desk, caller.person, problem=problem, waits=True), 422)
    return see("/me", "codes")


@router.post("/me/codes/end")
def end_codes(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Do without, where the role may."""
    require_confirmed(request, desk, caller, read(ConfirmForm, fields).confirm)
    with writing(desk) as session:
        user = session.get_one(User, caller.person.id)
        identity.end_codes(session, user, desk.clock(), required=desk.office.settings.codes_required)
    return see("/me", "codes-off")
