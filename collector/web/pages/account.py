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
from collector.web.pages import account_parts as parts
from collector.web.pages import telling
from collector.web.pages.shell import frame_of
from collector.web.pages.strip import Strip, strip
from collector.web.session import Caller, CallerParam, Desk, DeskParam, reading
from collector.web.templating import Frame, Page, Told, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class AccountPage(Page):
    template: ClassVar[str] = "account.html"
    head: parts.Head
    against: parts.Against
    story: parts.Story
    explained: parts.Explained
    strip: Strip
    says: Sequence[str]
    call: parts.Call | None
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
        call=parts.call(task, caller, view, told) if task else None,
        opens=parts.opens(caller),
        offers=parts.offers(view, told),
    )
