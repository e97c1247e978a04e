"""Users, for an admin: who may sign in, as what, and which resets wait for a second admin."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request
from sqlmodel import Session

from collector.identity import actions as identity
from collector.identity.queries import find_users, open_approvals_of, waiting_until
from collector.identity.rules import Level, Role
from collector.identity.tables import Approval, User
from collector.portfolio.actions import give_access
from collector.portfolio.queries import codes_by_user, portfolios
from collector.web.confirming import require_confirmed
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Frame, Page, Table, Told, choices, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
MOST = 200
"""Users of one page."""


@dataclass(frozen=True)
class ResetShown:
    """A reset that waits for its second admin."""

    id: int
    name: str
    user_id: int
    maker: str
    made: str
    clears_totp: bool
    digest: str
    own: bool


@dataclass(frozen=True)
class UsersPage(Page):
    template: ClassVar[str] = "users.html"
    users: Table
    more: bool
    """There are users that the page does not show."""
    text: str
    role: str
    resets: Sequence[ResetShown]
    roles: Sequence[Choice]
    levels: Sequence[Choice]
    codes: Sequence[str]
    may_add: bool
    made: tuple[str, str] | None = None
    """Name and first password of the user just made: shown once."""
    code: tuple[str, str] | None = None
    """Name, and the code for a new password: shown once."""


def state_of(user: User, waits: Mapping[int, Any], told: Told) -> str:
    """What stands in the way of a login."""
    t = told.t
    if user.disabled_at is not None:
        return t("disabled")
    until = waits.get(user.id or 0)
    if until is not None:
        return t("must wait until {moment}", moment=told.second(until))
    return t("first password not changed") if user.must_change else ""


def sees(user: User, codes: Mapping[int, Sequence[str]], t: Words) -> str:
    if user.all_portfolios:
        return t("all portfolios")
    return ", ".join(codes.get(user.id or 0, ())) or t("no portfolio")


def _listed(rows: Sequence[User], codes: Mapping[int, Sequence[str]], waits: Mapping[int, Any], t: Words) -> Table:
    told = Told(t, "UTC")
    who = [t("Name"), t("Shown as"), t("Staff number"), t("Roles"), t("Level"), t("Team"), t("Sees"), t("Own phone")]
    head = [*who, t("Codes"), t("Last sign-in"), t("State")]
    lines = [
        [
            Cell(row.name, "", f"/users/{row.id}"),
            row.display_name,
            row.staff_no,
            Cell(", ".join(t.word(role) for role in row.roles.split(",")), "wrap"),
            t.word(row.level),
            row.team,
            Cell(sees(row, codes, t), "wrap"),
            row.phone or "",
            t("on") if row.totp_sealed else Cell(t("off"), "look" if identity.needs_code(row) else "dim"),
            told.moment(row.signed_in_at) or Cell(t("never"), "dim"),
            Cell(state_of(row, waits, told), "look"),
        ]
        for row in rows
    ]
    return table(head, lines, t("No user is like that."))


def _page(desk: Desk, caller: Caller, frame: Frame, text: str = "", role: Role | None = None, **once: Any) -> UsersPage:
    with reading(desk) as session:
        rows = find_users(session, text, role, MOST + 1)
        listed = _listed(rows[:MOST], codes_by_user(session), waiting_until(session, desk.clock()), frame.t)
        resets = [_reset_shown(session, row, caller, frame.t) for row in open_approvals_of(session, identity.RESET)]
        codes = [book.code for book in portfolios(session, caller.actor.scope)]
    return UsersPage(
        frame=frame,
        users=listed,
        more=len(rows) > MOST,
        text=text,
        role=role or "",
        resets=resets,
        roles=choices(frame.t, Role),
        levels=choices(frame.t, Level),
        codes=codes,
        may_add=may_open(caller, "add_user"),
        **once,
    )


def _reset_shown(session: Session, row: Approval, caller: Caller, t: Words) -> ResetShown:
    user = session.get_one(User, row.body["user"])
    return ResetShown(
        id=row.id or 0,
        name=user.name,
        user_id=user.id or 0,
        maker=row.maker,
        made=Told(t, "UTC").whose(row.made_at),
        clears_totp=bool(row.body["clears_totp"]),
        digest=row.digest,
        own=caller.person.staff_no in (row.maker_staff_no, user.staff_no),
    )


@router.get("/users")
def users(
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    text: Annotated[str, Query(max_length=60)] = "",
    role: Annotated[str, Query(max_length=20)] = "",
) -> Any:
    wanted = Role(role) if role in set(Role) else None
    return render(_page(desk, caller, frame_of(request, caller), text.strip(), wanted))


class UserForm(Form):
    name: str
    staff_no: str | None = None
    display_name: str = ""
    role: Role
    level: Level | None = None
    team: str = ""
    portfolio: str | None = None
    phone: str | None = None
    language: str = "en"


@router.post("/users")
def add_user(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The first password is made here, shown once, and must be changed at the first login. More roles, and more
    portfolios, are given on the user's own page."""
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
            team=form.team,
            display_name=form.display_name,
            language=form.language,
            all_portfolios=form.portfolio is None,
            phone=form.phone,
        )
        if form.portfolio:
            give_access(session, [form.portfolio], user_id=row.id, actor=caller.actor.name, at=desk.clock())
    return render(_page(desk, caller, frame_of(request, caller), made=(form.name, password)))


class DecideForm(Form):
    decision: str
    shown: str
    reason: str = ""
    confirm: str = ""


@router.post("/users/resets/{approval_id}/decide")
def decide_reset(approval_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The second admin's word; where it is yes, the code, shown once."""
    form = read(DecideForm, fields)
    require_confirmed(request, desk, caller, form.confirm)
    with writing(desk) as session:
        admin = session.get_one(User, caller.person.id)
        yes = form.decision == "approve"
        user, code = identity.decide_reset(session, approval_id, form.shown, yes, admin, form.reason, desk.clock())
    if code is None:
        return see("/users", "decided")
    return render(_page(desk, caller, frame_of(request, caller), code=(user.name, code)))
