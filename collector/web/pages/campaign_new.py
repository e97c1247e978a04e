"""A new campaign: whom, what and when, and what it would do, before anything is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.casework import actions
from collector.casework.campaigns import CampaignOrder, choose, read_numbers, text_names
from collector.casework.views import within
from collector.casework.views.campaign_preview import JUDGED, Preview, preview
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.history.rules import CAMPAIGN_CHANNELS, Channel
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Portfolio
from collector.strategy.queries import compiled
from collector.texts.rules import Tone
from collector.web.pages.campaigns import rule_words
from collector.web.pages.shell import Form, frame_of, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Frame, Link, Page, Table, Told, num, render, table
from collector.web.uploads import received

router = APIRouter()
Book = Annotated[int | None, Query(ge=1, le=2**62)]
BUCKET, SEGMENT = "bucket:", "segment:"
"""How the boxes are named: each by its bucket or segment."""


@dataclass(frozen=True)
class Box:
    """A box to tick, or a choice of a list. `on`: it is ticked."""

    name: str
    words: str
    on: bool


@dataclass(frozen=True)
class Shown:
    """What the campaign would do."""

    lines: Sequence[str]
    unknown: str
    kept: Table
    sample: str
    sample_of: str
    problem: str
    second: str
    """That it needs a second person."""
    nobody: bool
    fields: Sequence[tuple[str, str]]
    """What the form sends again, the digest of what is shown among it."""


@dataclass(frozen=True)
class NewPage(Page):
    template: ClassVar[str] = "campaign_new.html"
    book: int
    code: str
    currency: str
    books: Sequence[Link]
    buckets: Sequence[Box]
    segments: Sequence[Box]
    channels: Sequence[Box]
    texts: Sequence[Box]
    tones: Sequence[Box]
    slots: Sequence[Box]
    typed: Mapping[str, str]
    """What was typed, by field."""
    problems: Sequence[str]
    changed: bool
    """Other accounts are meant now than those that were shown."""
    shown: Shown | None


class CampaignForm(Form):
    """As typed; the boxes are beside it. Amounts in major units."""

    book: int = Field(ge=1, le=2**62)
    name: str = Field(default="", max_length=100)
    reason: str = Field(default="", max_length=500)
    channel: Channel = Channel.sms
    template: str | None = Field(default=None, max_length=80)
    tone: Tone | None = None
    note: str = Field(default="", max_length=500)
    slot: str | None = Field(default=None, max_length=40)
    first: date
    last: date
    overdue_from: float | None = Field(default=None, ge=0, le=10**12)
    overdue_to: float | None = Field(default=None, ge=0, le=10**12)
    days_from: int | None = Field(default=None, ge=0, le=10_000)
    days_to: int | None = Field(default=None, ge=0, le=10_000)
    numbers: str = Field(default="", max_length=200_000)
    shown: str = Field(default="", max_length=64)

    def order(self, buckets: Sequence[str], segments: Sequence[str]) -> CampaignOrder:
        spans = {
            "overdue": _span(self.overdue_from, self.overdue_to),
            "days_past_due": _span(self.days_from, self.days_to),
        }
        when: dict[str, Any] = {"bucket": list(buckets)} if buckets else {}
        is_text = self.channel is Channel.sms
        return CampaignOrder(
            portfolio_id=self.book,
            name=self.name,
            reason=self.reason,
            channel=self.channel,
            first=self.first,
            last=self.last,
            template=self.template if is_text else None,
            tone=self.tone,
            note="" if is_text else self.note,
            slot=self.slot,
            when=when | {name: span for name, span in spans.items() if span},
            segments=tuple(segments),
            numbers=tuple(self.numbers.replace(",", "\n").split()),
        )


def _span(low: float | None, high: float | None) -> dict[str, float]:
    """An operator of a condition for each end that was typed."""
    return {name: end for name, end in (("gte", low), ("lte", high)) if end is not None}


@router.get("/campaigns/new")
def new_campaign(request: Request, desk: DeskParam, caller: CallerParam, book: Book = None) -> Any:
    frame = frame_of(request, caller)
    with reading(desk) as session:
        books = portfolios(session, caller.actor.scope)
        chosen = within.portfolio(session, caller.actor.scope, book or (books[0].id if books else 0) or 0)
        today = local_day(desk.clock(), chosen.timezone).isoformat()
        page = _page(session, desk, caller, frame, chosen, {"first": today, "last": today, "channel": "sms"})
    return render(page)


@router.post("/campaigns/preview")
async def preview_campaign(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What it would do now. Nothing is kept yet; what is wrong is said above the form, with all that was typed."""
    file = (await request.form()).get("file")
    typed = {name: value for name, value in fields.items() if name != "file"}
    if isinstance(file, UploadFile) and file.filename:
        return await run_in_threadpool(_with_file, request, desk, caller, typed, file)
    return await run_in_threadpool(_seen, request, desk, caller, typed)


def _with_file(request: Request, desk: Desk, caller: Caller, fields: dict[str, str], file: UploadFile) -> HTMLResponse:
    """The numbers of the file stand below those that were typed: they are seen, and can be changed."""
    try:
        with received(file) as [path]:
            numbers = read_numbers(path) if path is not None else []
    except BadInput as error:
        return _seen(request, desk, caller, fields, problems=_words(error))
    return _seen(request, desk, caller, fields | {"numbers": "\n".join([fields.get("numbers", ""), *numbers]).strip()})


def _words(error: BadInput) -> list[str]:
    return [problem.reason for problem in error.problems] or [error.message]


@router.post("/campaigns/make")
def make_campaign(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Exactly what was shown, as a draft; where other accounts are meant meanwhile, those are shown instead."""
    try:
        form, order = _read(fields)
        with writing(desk) as session:
            within.portfolio(session, caller.actor.scope, form.book)
            given: dict[str, Any] = {"shown": form.shown, "at": desk.clock(), "actor": caller.actor}
            number = actions.make_campaign(session, desk.office, order=order, **given).id
    except actions.ChoiceChanged:
        return _seen(request, desk, caller, fields, changed=True)
    return see(f"/campaigns/{number}", "campaign-made")


def _read(fields: Mapping[str, str]) -> tuple[CampaignForm, CampaignOrder]:
    buckets = [name.removeprefix(BUCKET) for name in fields if name.startswith(BUCKET)]
    segments = [name.removeprefix(SEGMENT) for name in fields if name.startswith(SEGMENT)]
    form = read(CampaignForm, {name: value for name, value in fields.items() if not name.startswith((BUCKET, SEGMENT))})
    return form, form.order(buckets, segments)


def _seen(
    request: Request,
    desk: Desk,
    caller: Caller,
    fields: Mapping[str, str],
    *,
    changed: bool = False,
    problems: Sequence[str] = (),
) -> HTMLResponse:
    """`problems`: what is wrong already, so that nothing is worked out."""
    frame, now = frame_of(request, caller), desk.clock()
    with reading(desk) as session:
        book = within.portfolio(session, caller.actor.scope, _book(fields))
        if problems:
            return render(_page(session, desk, caller, frame, book, fields, problems=problems), 422)
        try:
            _, order = _read(fields)
            seen = preview(session, desk.office, order, choose(session, desk.office, book, order, now), now)
        except BadInput as error:
            return render(_page(session, desk, caller, frame, book, fields, problems=_words(error)), 422)
        sent = [(name, value) for name, value in fields.items() if name != "shown"]
        told = _told(seen, [*sent, ("shown", seen.chosen.digest)], Told(frame.t, book.timezone, book.currency))
        page = _page(session, desk, caller, frame, book, fields, changed=changed, shown=told)
    return render(page, 409 if changed else 200)


def _book(fields: Mapping[str, str]) -> int:
    word = fields.get("book", "")
    return int(word) if word.isdecimal() and len(word) < 19 else 0


# --- how it is told ---


def _page(
    session: Session,
    desk: Desk,
    caller: Caller,
    frame: Frame,
    book: Portfolio,
    typed: Mapping[str, str],
    *,
    problems: Sequence[str] = (),
    changed: bool = False,
    shown: Shown | None = None,
) -> NewPage:
    t, strategy = frame.t, compiled(session, book.id or 0, desk.clock())
    names = [segment.name for segment in strategy.segments()]
    return NewPage(
        frame=frame,
        book=book.id or 0,
        code=book.code,
        currency=book.currency,
        books=[
            Link(f"/campaigns/new?book={one.id}", one.code, here=one.id == book.id)
            for one in portfolios(session, caller.actor.scope)
        ],
        buckets=[Box(f"{BUCKET}{name}", name, f"{BUCKET}{name}" in typed) for name in strategy.scales.bucket_names()],
        segments=[Box(f"{SEGMENT}{name}", name, f"{SEGMENT}{name}" in typed) for name in names],
        channels=_list(CAMPAIGN_CHANNELS, typed.get("channel"), t.word),
        texts=_list(text_names(session, desk.office, book), typed.get("template"), str),
        tones=_list(Tone, typed.get("tone"), t.word),
        slots=_list(strategy.slots, typed.get("slot"), t.word),
        typed={name: typed.get(name, "") for name in CampaignForm.model_fields},
        problems=[t.reason(problem) for problem in problems],
        changed=changed,
        shown=shown,
    )


def _list(values: Iterable[str], chosen: str | None, words: Any) -> list[Box]:
    return [Box(str(value), words(str(value)), str(value) == chosen) for value in values]


def _told(seen: Preview, fields: Sequence[tuple[str, str]], told: Told) -> Shown:
    t, chosen = told.t, seen.chosen
    return Shown(
        lines=_lines(seen, told),
        unknown=", ".join(chosen.unknown),
        kept=table(
            [t("Rule"), num(t("People"))],
            [[rule_words(rule, t), num(str(people))] for rule, people in seen.kept],
            t("No rule keeps anybody from being contacted today."),
        ),
        sample=seen.sample,
        sample_of=f"{chosen.book.code}/{seen.sample_of}" if seen.sample_of else "",
        problem=seen.problem,
        second=t("More than {limit} people: a second person must agree.", limit=seen.policy.approval_above)
        if seen.needs_second
        else "",
        nobody=not chosen.accounts,
        fields=fields,
    )


def _lines(seen: Preview, told: Told) -> list[str]:
    t, chosen, people = told.t, seen.chosen, len(seen.chosen.people)
    lines = [
        t(
            "{people} people with {accounts} accounts, {money} overdue.",
            people=people,
            accounts=len(chosen.accounts),
            money=told.money(chosen.money),
        ),
        t("Released today, {planned} of {judged} would be contacted today.", planned=seen.planned, judged=seen.judged),
    ]
    if people > JUDGED:
        lines.append(t("Only the first {judged} people were looked at one by one.", judged=JUDGED))
    if seen.is_calls and seen.places is not None:
        lines.append(
            t(
                "Calls: the agents' day holds {places}, of which {calls} are planned already.",
                places=seen.places,
                calls=seen.calls,
            )
        )
    return lines
