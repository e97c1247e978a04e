"""For who runs the installation: users, and the audit chain."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import col, select

from collector.audit import queries as audit
from collector.foundation.errors import BadInput, Conflict
from collector.identity import actions as identity
from collector.identity.rules import Level, Role
from collector.identity.tables import User
from collector.portfolio.actions import give_access
from collector.portfolio.queries import portfolios
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, Told, choices, num, render, table

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class UserShown:
    id: int
    name: str
    staff_no: str
    roles: str
    level: str
    sees: str
    state: str
    open: bool


@dataclass(frozen=True)
class UsersPage(Page):
    template: ClassVar[str] = "users.html"
    users: Sequence[UserShown]
    roles: Sequence[Choice]
    levels: Sequence[Choice]
    codes: Sequence[str]
    may_add: bool
    made: tuple[str, str] | None = None
    """Name and first password of the user just made: shown once."""


@dataclass(frozen=True)
class AuditPage(Page):
    template: ClassVar[str] = "audit.html"
    entries: Table
    proof: str = ""
    findings: Sequence[str] = ()


def _users_page(request: Request, desk: DeskParam, caller: CallerParam, made: tuple[str, str] | None = None) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        rows = session.exec(select(User).order_by(col(User.name))).all()
        codes = [book.code for book in portfolios(session, caller.actor.scope)]
    users = [
        UserShown(
            id=row.id or 0,
            name=row.name,
            staff_no=row.staff_no,
            roles=", ".join(t.word(role) for role in row.roles.split(",")),
            level=t.word(row.level),
            sees=t("all portfolios") if row.all_portfolios else t("some portfolios"),
            state=t("disabled") if row.disabled_at else t("first password not changed") if row.must_change else "",
            open=row.disabled_at is None,
        )
        for row in rows
    ]
    page = UsersPage(frame, users, choices(t, Role), choices(t, Level), codes, may_open(caller, "add_user"), made)
    return render(page)


@router.get("/users")
def users(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return _users_page(request, desk, caller)


class UserForm(Form):
    name: str
    staff_no: str | None = None
    display_name: str = ""
    role: Role
    level: Level | None = None
    portfolio: str | None = None
    phone: str | None = None
    language: str = "en"


@router.post("/users")
def add_user(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The first password is made here, shown once, and must be changed at the first login."""
    form, password = read(UserForm, fields), secrets.token_urlsafe(12)
    with writing(desk) as session:
        row = identity.add_user(
            session,
            name=form.name,
            password=password,
            roles=[form.role],
            now=desk.clock(),
            actor=caller.actor.name,
            staff_no=form.staff_no,
            level=form.level,
            display_name=form.display_name,
            language=form.language,
            all_portfolios=form.portfolio is None,
            phone=form.phone,
        )
        if form.portfolio:
            give_access(session, [form.portfolio], user_id=row.id, actor=caller.actor.name, at=desk.clock())
    return _users_page(request, desk, caller, (form.name, password))


@router.post("/users/{user_id}/disable")
def disable_user(user_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The login ends at once, with every session of it."""
    if user_id == caller.actor.user_id:
        raise Conflict("you can not disable yourself; ask another admin")
    with writing(desk) as session:
        row = session.get(User, user_id)
        if row is None:
            raise BadInput("there is no such user")
        if row.disabled_at is None:
            identity.disable_user(session, row, desk.clock(), caller.actor.name)
    return see("/users", "user")


def _audit_page(request: Request, desk: DeskParam, caller: CallerParam, *, verify: bool) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    proof, findings = "", []
    with reading(desk) as session:
        rows = audit.latest(session)
        if verify:
            found = audit.verify(session, desk.office.keys, desk.clock())
            proof = t(
                "{sealed} entries sealed, {unsealed} not yet sealed.", sealed=found.sealed, unsealed=found.unsealed
            )
            findings = [str(one) for one in found.findings]
            proof += " " + (t("The chain is damaged.") if findings else t("The chain is whole."))
    told = Told(t, "UTC")
    entries = table(
        [num("#"), t("When"), t("By"), t("What"), t("About"), t("Details")],
        [
            [
                num(str(row.id)),
                told.whose(row.at),
                row.actor,
                row.action,
                row.subject,
                Cell(
                    ", ".join(f"{name} {value}" for name, value in row.detail.items() if value is not None), "dim wide"
                ),
            ]
            for row in rows
        ],
        t("Nothing is on record yet. Every change writes an entry here."),
    )
    return render(AuditPage(frame, entries, proof, findings))


@router.get("/audit")
def audit_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return _audit_page(request, desk, caller, verify=False)


@router.post("/audit/verify")
def verify_audit(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Walk the whole chain."""
    return _audit_page(request, desk, caller, verify=True)
