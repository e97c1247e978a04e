"""The account page: the whole story of one account, and what can be done about it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request
from sqlmodel import Session

from collector.casework import queries
from collector.casework.actions.recordings import keeps_years
from collector.casework.views import within, work
from collector.casework.views.account import AccountView, account_view
from collector.casework.views.calendar import calendar
from collector.casework.views.cases import held
from collector.casework.views.find import of_person
from collector.casework.views.talks import Talk, ended_inbound, talk_of
from collector.casework.views.timeline import timeline
from collector.casework.views.verifying import OnTheLine, held_of, on_the_line
from collector.history.rules import Channel, StopKind, identifiers_on_file
from collector.planning.tables import Task
from collector.portfolio.tables import Account, Portfolio
from collector.web.pages import account_parts as parts
from collector.web.pages import telling
from collector.web.pages.cases import Holding, holding
from collector.web.pages.in_hand import Call, call
from collector.web.pages.opening import closed_file
from collector.web.pages.shell import frame_of, may_open
from collector.web.pages.strip import Strip, strip
from collector.web.pages.who import Verify, Who, verify, who
from collector.web.session import Caller, CallerParam, Desk, DeskParam, reading
from collector.web.templating import Choice, Frame, Page, Table, Told, choices, city, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
Again = Annotated[str | None, Query(pattern="^c?[0-9]{1,18}$")]


@dataclass(frozen=True)
class Paper:
    """A letter or visit that waits for somebody. `asks`: what is to be said of it."""

    task_id: int
    words: str
    asks: str
    must_say: bool


def papers(tasks: Sequence[Task], view: AccountView, told: Told) -> list[Paper]:
    t = told.t
    names = {one.person_id: f"{one.name} · {t.word(one.role)}" for one in view.people if one.owes}
    return [
        Paper(
            task.id or 0,
            " · ".join(part for part in (t.word(task.channel), names.get(task.person_id), task.template) if part),
            t("What was found there") if task.channel is Channel.visit else t("Posting number, if there is one"),
            task.channel is Channel.visit,
        )
        for task in tasks
    ]


@dataclass(frozen=True)
class CallingPage(Page):
    """A call is in hand and the person is not verified: who it is, and not a word about the debt."""

    template: ClassVar[str] = "calling.html"
    account_id: int
    book_clock: str
    who: Who
    verify: Verify
    call: Call
    opens: parts.Opens
    stop_kinds: Sequence[Choice]
    channels: Sequence[Choice]


@dataclass(frozen=True)
class AccountPage(Page):
    template: ClassVar[str] = "account.html"
    head: parts.Head
    who: Who
    against: parts.Against
    story: parts.Story
    accounts: Table
    """All accounts of the person that the reader may see."""
    explained: parts.Explained
    strip: Strip
    says: Sequence[str]
    excuses: Sequence[tuple[str, str]]
    call: Call | None
    papers: Sequence[Paper]
    opens: parts.Opens
    offers: parts.Offers
    holding: Holding
    sees_papers: bool


@router.get("/accounts/{account_id}")
def account_page(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam, again: Again = None) -> Any:
    """`again`: a call of the reader's own whose result is to be said again."""
    now, frame = desk.clock(), frame_of(request, caller)
    if closed := closed_file(request, desk, caller, account_id):
        return closed
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        line = on_the_line(session, desk.office.keys, caller.actor, account)
        if line is not None and line.is_closed:
            return render(_calling(session, desk, caller, frame, account, book, line, now))
        talk = line.talk if line is not None and line.talk.account_id == account_id else None
        if talk is None and again is not None:
            talk = _ended(session, caller, again, account_id)
        view = account_view(session, account, book, now)
        page = _page(session, desk, caller, frame, view, line, talk, now)
    return render(page)


def _recorded(session: Session, desk: Desk, talk: Talk) -> bool:
    return keeps_years(desk.office, session.get_one(Portfolio, talk.portfolio_id)) is not None


def _ended(session: Session, caller: Caller, again: str, account_id: int) -> Talk | None:
    """A call about that account whose result the reader said: `c` before the number of one that came in."""
    if again.startswith("c"):
        return ended_inbound(session, caller.actor, int(again[1:]), account_id)
    task = work.ended_by(session, caller.actor, int(again), account_id)
    return talk_of(task) if task is not None else None


def _calling(
    session: Session,
    desk: Desk,
    caller: Caller,
    frame: Frame,
    account: Account,
    book: Portfolio,
    line: OnTheLine,
    now: datetime,
) -> CallingPage:
    told = Told(frame.t, book.timezone, book.currency)
    seen = calendar(session, desk.office, account, now, caller.actor.name)
    is_demo = desk.office.settings.demo
    made_up = identifiers_on_file(held_of(session, desk.office.keys, line.talk)) if is_demo else {}
    return CallingPage(
        frame=frame,
        account_id=account.id or 0,
        book_clock=city(told.zone),
        who=who(session, account, book, seen, line, told, now),
        verify=verify(line, told, made_up),
        call=call(session, line.talk, caller, told, closed=True, recorded=_recorded(session, desk, line.talk)),
        opens=parts.opens(caller),
        stop_kinds=choices(frame.t, StopKind),
        channels=choices(frame.t, Channel),
    )


def _page(
    session: Session,
    desk: Desk,
    caller: Caller,
    frame: Frame,
    view: AccountView,
    line: OnTheLine | None,
    talk: Talk | None,
    now: datetime,
) -> AccountPage:
    told = Told(frame.t, view.portfolio.timezone, view.portfolio.currency)
    head = parts.head(view, told, now)
    document = queries.explain_account(session, desk.office, view.account, view.portfolio, now)
    happened = telling.happened(timeline(session, view.account), told)
    seen = calendar(session, desk.office, view.account, now, caller.actor.name)
    mine = of_person(session, caller.actor.scope, view.account.person_id, now)
    return AccountPage(
        frame=frame,
        head=head,
        who=who(session, view.account, view.portfolio, seen, line, told, now),
        against=parts.against(view, told),
        story=parts.story(view, happened, told),
        accounts=telling.accounts(mine, head.account_id, frame.t),
        explained=parts.explained(document, told),
        strip=strip(seen, told),
        says=parts.says(view, frame.t.language),
        excuses=parts.excuses(frame.t.language),
        call=call(session, talk, caller, told, closed=False, recorded=_recorded(session, desk, talk)) if talk else None,
        papers=papers(work.papers(session, head.account_id, now), view, told),
        opens=parts.opens(caller),
        offers=parts.offers(view, told),
        holding=holding(held(session, view.account, view.portfolio, now), caller, told),
        sees_papers=may_open(caller, "account_papers"),
    )
