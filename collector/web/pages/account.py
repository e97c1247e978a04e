"""The account page: the whole story of one account, and what can be done about it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.casework import queries
from collector.casework.views import within, work
from collector.casework.views.account import AccountView, account_view
from collector.casework.views.calendar import calendar
from collector.casework.views.find import others_of
from collector.casework.views.timeline import timeline
from collector.history.rules import Channel
from collector.planning.tables import Task
from collector.web.pages import account_parts as parts
from collector.web.pages import telling
from collector.web.pages.shell import frame_of
from collector.web.pages.strip import Strip, strip
from collector.web.session import Caller, CallerParam, Desk, DeskParam, reading
from collector.web.templating import Frame, Page, Told, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


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
class AccountPage(Page):
    template: ClassVar[str] = "account.html"
    head: parts.Head
    against: parts.Against
    story: parts.Story
    explained: parts.Explained
    strip: Strip
    says: Sequence[str]
    excuses: Sequence[tuple[str, str]]
    call: parts.Call | None
    papers: Sequence[Paper]
    opens: parts.Opens
    offers: parts.Offers


@router.get("/accounts/{account_id}")
def account_page(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    now = desk.clock()
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        others = others_of(session, caller.actor.scope, account.person_id, account_id)
        view = account_view(session, account, book, now, others)
        page = _page(session, desk, caller, frame_of(request, caller), view, now)
    return render(page)


def _page(session: Session, desk: Desk, caller: Caller, frame: Frame, view: AccountView, now: datetime) -> AccountPage:
    told = Told(frame.t, view.portfolio.timezone, view.portfolio.currency)
    head = parts.head(view, told, now)
    document = queries.explain(session, desk.office, head.key, now, caller.actor.scope)
    task = work.in_hand(session, caller.actor, head.account_id)
    happened = telling.happened(timeline(session, view.account), told)
    return AccountPage(
        frame=frame,
        head=head,
        against=parts.against(view, told),
        story=parts.story(view, happened, told),
        explained=parts.explained(document, told),
        strip=strip(calendar(session, desk.office, view.account, now), told),
        says=parts.says(view, frame.t.language),
        excuses=parts.excuses(frame.t.language),
        call=parts.call(task, caller, view, told) if task else None,
        papers=papers(work.papers(session, head.account_id, now), view, told),
        opens=parts.opens(caller),
        offers=parts.offers(view, told),
    )
