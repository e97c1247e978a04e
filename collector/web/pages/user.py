"""One user, for an admin: what they may do and see, whether they can come in, and what happened to the login."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.audit.queries import entries_of
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.identity import actions as identity
from collector.identity.queries import open_sessions, waiting_until
from collector.identity.rules import Level, Role, roles_of
from collector.identity.tables import User
from collector.portfolio.actions import see_only
from collector.portfolio.queries import codes_by_user, portfolios
from collector.web.confirming import require_confirmed
from collector.web.pages.me import events
from collector.web.pages.shell import Form, frame_of, may_open, read, see, whose
from collector.web.pages.users import state_of
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Choice, Frame, Page, Table, Told, choices, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
SHOWN_EVENTS = 60


@dataclass(frozen=True)
class Tick:
    """A box: its name in the form, its words, and whether it is ticked."""

    name: str
    words: str
    on: bool


@dataclass(frozen=True)
class UserPage(Page):
    template: ClassVar[str] = "user.html"
    id: int
    name: str
    display_name: str
    phone: str
    pairs: Sequence[tuple[str, str]]
    roles: Sequence[Tick]
    portfolios: Sequence[Tick]
    everything: bool
    levels: Sequence[Choice]
    level: str
    team: str
    is_open: bool
    waits: bool
    takes_two: bool
    has_codes: bool
    may_change: bool
    why_not: str
    events: Table
    code: str = ""
    """For a new password: shown once."""


@router.get("/users/{user_id}")
def user_page(user_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return render(_page(desk, caller, frame_of(request, caller), user_id))


def _page(desk: Desk, caller: Caller, frame: Frame, user_id: int) -> UserPage:
    t, now = frame.t, desk.clock()
    with reading(desk) as session:
        user = _user(session, user_id)
        waits = waiting_until(session, now, user_id)
        pairs = _pairs(user, len(open_sessions(session, user, now)), state_of(user, waits, Told(t, "UTC")), frame)
        given = codes_by_user(session).get(user_id, ())
        books = portfolios(session, caller.actor.scope)
        entries = entries_of(session, f"user:{user_id}", SHOWN_EVENTS)
    own, admin = user_id == caller.person.id, may_open(caller, "change_user")
    roles = roles_of(user.roles)
    return UserPage(
        frame=frame,
        id=user_id,
        name=user.name,
        display_name=user.display_name,
        phone=user.phone or "",
        pairs=pairs,
        roles=[Tick(f"role.{role}", t.word(role), role in roles) for role in Role],
        portfolios=[Tick(f"sees.{book.code}", book.code, book.code in given) for book in books],
        everything=user.all_portfolios,
        levels=choices(t, Level),
        level=user.level or "",
        team=user.team,
        is_open=user.disabled_at is None,
        waits=user_id in waits,
        takes_two=identity.takes_two(user),
        has_codes=user.totp_sealed is not None,
        may_change=admin and not own,
        why_not=t("Closed: nobody changes their own login here; ask another admin.")
        if own
        else t("Closed: an admin changes users."),
        events=events(entries, t),
    )


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("there is no such user")
    return user


def _pairs(user: User, sessions: int, state: str, frame: Frame) -> list[tuple[str, str]]:
    t = frame.t
    told = Told(t, "UTC")

    def hand(by: str | None, at: Any) -> str:
        return f"{told.whose(at)} · {whose(by, t)}" if at else ""

    reset_by = ", ".join(whose(one, t) for one in (user.reset_by, user.reset_asked_by) if one)
    found = [
        (t("Staff number"), user.staff_no),
        (t("State"), state or t("in use")),
        (t("Last sign-in"), told.whose(user.signed_in_at) if user.signed_in_at else t("never")),
        (t("Open sessions"), str(sessions)),
        (t("Codes"), t("since {moment}", moment=told.whose(user.totp_since)) if user.totp_since else t("off")),
        (t("Created"), hand(user.created_by, user.created_at)),
        (t("Given a role"), hand(user.promoted_by, user.promoted_at)),
        (t("Reset"), f"{told.whose(user.reset_at)} · {reset_by}" if user.reset_at else ""),
    ]
    return [(name, value) for name, value in found if value]


class ChangeForm(Form):
    display_name: str
    level: Level | None = None
    team: str = ""
    phone: str | None = None
    everything: bool = False


def picked(fields: dict[str, str], prefix: str) -> list[str]:
    """Takes out of the fields the ticked boxes of one group; what they are called after the prefix."""
    names = [name for name in fields if name.startswith(prefix)]
    return [name.removeprefix(prefix) for name in names if fields.pop(name).strip()]


def _roles(words: Sequence[str]) -> frozenset[Role]:
    unknown = [word for word in words if word not in set(Role)]
    if unknown:
        raise BadInput(f"there is no role {unknown[0][:20]}; roles are: " + ", ".join(Role))
    return frozenset(Role(word) for word in words)


@router.post("/users/{user_id}")
def change_user(user_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Roles, level, portfolios and phone leg; other roles end the user's sessions."""
    roles, codes = _roles(picked(fields, "role.")), picked(fields, "sees.")
    form = read(ChangeForm, fields)
    post = identity.Post(roles, form.level, form.team.strip(), form.phone, form.display_name, form.everything)
    with writing(desk) as session:
        user = _other(session, user_id, caller)
        moved = see_only(session, codes, user_id=user_id, actor=caller.actor.name, at=desk.clock())
        changed = identity.change_user(session, user, post, desk.clock(), caller.actor.name)
    return see(f"/users/{user_id}", "changed" if changed or moved else "unchanged")


def _other(session: Session, user_id: int, caller: Caller) -> User:
    if user_id == caller.person.id:
        raise Conflict("nobody changes their own login here; ask another admin")
    return _user(session, user_id)


class NoForm(Form):
    pass


@router.post("/users/{user_id}/disable")
def disable_user(user_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The login ends at once, with every session of it."""
    read(NoForm, fields)
    with writing(desk) as session:
        user = _other(session, user_id, caller)
        if user.disabled_at is None:
            identity.disable_user(session, user, desk.clock(), caller.actor.name)
    return see(f"/users/{user_id}", "user")


@router.post("/users/{user_id}/enable")
def enable_user(user_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The login opens again, with the password it had."""
    read(NoForm, fields)
    with writing(desk) as session:
        user = _other(session, user_id, caller)
        if user.disabled_at is not None:
            identity.enable_user(session, user, desk.clock(), caller.actor.name)
    return see(f"/users/{user_id}", "user")


@router.post("/users/{user_id}/unlock")
def unlock_user(user_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """They may try again at once, after wrong passwords or codes."""
    read(NoForm, fields)
    with writing(desk) as session:
        identity.unlock(session, _user(session, user_id), desk.clock(), caller.actor.name)
    return see(f"/users/{user_id}", "unlocked")


class ResetForm(Form):
    clears_totp: bool = False
    confirm: str = ""


@router.post("/users/{user_id}/reset")
def reset_user(user_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A code for a new password, shown once; for who decides what others propose, the question to a second admin."""
    form, now = read(ResetForm, fields), desk.clock()
    require_confirmed(request, desk, caller, form.confirm)
    code = ""
    with writing(desk) as session:
        user, admin = _user(session, user_id), session.get_one(User, caller.person.id)
        if identity.takes_two(user):
            identity.propose_reset(session, user, admin, now, clears_totp=form.clears_totp)
        else:
            code = identity.reset_by_admin(session, user, admin, now, clears_totp=form.clears_totp)
    if not code:
        return see(f"/users/{user_id}", "reset-asked")
    return render(replace(_page(desk, caller, frame_of(request, caller), user_id), code=code))
