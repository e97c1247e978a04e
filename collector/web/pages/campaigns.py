"""Campaigns: how each stands, which accounts a number means, and what a supervisor does about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from pydantic import Field
from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals import campaigns as approving
from collector.casework.campaigns import policy_of
from collector.casework.views import campaigns as views
from collector.foundation.errors import BadInput
from collector.history.rules import SILENT, CampaignState
from collector.history.tables import Campaign
from collector.portfolio.tables import Portfolio
from collector.web.pages.shell import Form, frame_of, may_open, read, see, whose
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
SORT_WORDS: Mapping[str, str] = {
    "chosen": "all that were chosen",
    "waiting": "wait for their turn",
    "planned": "on the plan",
    "contacted": "contacted",
    "delivered": "message delivered",
    "failed": "did not arrive, or reached a stranger",
    "refused": "kept by a rule",
    "silent": "quiet: a promise, a hold, a dispute, or something more urgent",
    "opted_out": "opted out since",
    "reached": "reached, or answered",
    "promised": "promised since",
    "paid": "paid since",
}
IN_FLIGHT = "in_flight"
"""As a plan says it."""
LOOKS = {"failed": "late", "opted_out": "late", "refused": "look", "promised": "good", "paid": "good"}
STATE_LOOKS = {CampaignState.paused: "look", CampaignState.running: "good", CampaignState.over: "dim"}


@dataclass(frozen=True)
class CampaignsPage(Page):
    template: ClassVar[str] = "campaigns.html"
    campaigns: Table
    may_make: bool


@dataclass(frozen=True)
class CampaignPage(Page):
    template: ClassVar[str] = "campaign.html"
    id: int
    name: str
    code: str
    state: str
    look: str
    warning: str
    """Why the program paused it."""
    told: Sequence[tuple[str, str]]
    next: str
    """What happens now, or what to do."""
    progress: Table
    rules: Table
    moves: Sequence[tuple[str, str, str]]
    """What may be done: the word of the form, what its button says, how it looks."""
    closed: str
    asks: bool
    """Beginning it takes a second person."""


@dataclass(frozen=True)
class CampaignAccountsPage(Page):
    template: ClassVar[str] = "campaign_accounts.html"
    id: int
    name: str
    what: str
    accounts: Table
    more: str


@router.get("/campaigns")
def campaigns_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """Every campaign of the reader's portfolios, newest first."""
    frame = frame_of(request, caller)
    with reading(desk) as session:
        rows = views.campaigns(session, caller.actor.scope)
    return render(CampaignsPage(frame, _list(rows, frame.t), may_open(caller, "make_campaign")))


def _list(rows: Sequence[views.Line], t: Words) -> Table:
    return table(
        [
            t("Campaign"),
            t("Portfolio"),
            t("Channel"),
            t("Days"),
            t("State"),
            num(t("People")),
            num(t("Contacted")),
            num(t("Kept by a rule")),
        ],
        [
            [
                Cell(line.campaign.name, "wrap", f"/campaigns/{line.campaign.id}"),
                line.book.code,
                t.word(line.campaign.channel),
                _days(line.campaign, line.book),
                Cell(t.word(line.campaign.state), STATE_LOOKS.get(line.campaign.state, "")),
                num(str(line.campaign.people)),
                num(str(line.contacted)),
                num(str(line.refused)),
            ]
            for line in rows
        ],
        t(
            "No campaign yet. A campaign gives each person of a list one message or one call, through the same plan "
            "and gate as everything else: choose accounts, see what it would do, and begin."
        ),
    )


def _days(row: Campaign, book: Portfolio) -> str:
    told = Told(Words("en"), book.timezone)
    last = row.ends_at - timedelta(minutes=1)
    return f"{told.moment(row.starts_at)[:10]} – {told.moment(last)[:10]}"


@router.get("/campaigns/{campaign_id}")
def campaign_page(request: Request, campaign_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """How far it is: each number opens its accounts."""
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        row, book = views.campaign(session, caller.actor.scope, campaign_id)
        parts, paid = views.progress(session, row)
        rules = views.by_rule(session, row)
        policy = policy_of(session, row, now)
    told = Told(t, book.timezone, book.currency)
    is_open = may_open(caller, "move_campaign")
    asks = row.state in (CampaignState.draft, CampaignState.asked) and row.people > policy.approval_above
    moves = _moves(row, t, asks=asks)
    page = CampaignPage(
        frame=frame,
        id=campaign_id,
        name=row.name,
        code=book.code,
        state=t.word(row.state),
        look=STATE_LOOKS.get(row.state, ""),
        warning=t.reason(row.why) if row.state is CampaignState.paused else "",
        told=_told(row, told, book),
        next=_next(row, told, policy.first, policy.wait_minutes, asks=asks),
        progress=_progress(campaign_id, parts, paid, told),
        rules=_rules(rules, t),
        moves=moves if is_open else (),
        closed=t("Closed: a supervisor or operations does this.") if moves and not is_open else "",
        asks=asks,
    )
    return render(page)


def _told(row: Campaign, told: Told, book: Portfolio) -> list[tuple[str, str]]:
    t = told.t
    lines = [
        (t("Why"), row.reason),
        (t("Channel"), t.word(row.channel)),
        (t("Text"), " · ".join(part for part in (row.template, t.word(row.tone)) if part) if row.template else ""),
        (t("What the agent says"), row.note),
        (t("Days"), _days(row, book)),
        (t("Slot tried first"), t.word(row.slot)),
        (t("Overdue when it was made"), told.money(row.money)),
        (t("Made by"), f"{whose(row.made_by, t)} · {told.whose(row.made_at)}"),
    ]
    return [(name, words) for name, words in lines if words]


def _next(row: Campaign, told: Told, first: int, wait: int, *, asks: bool) -> str:
    t = told.t
    match row.state:
        case CampaignState.draft if asks:
            return t("So many people are not contacted on one person's word. Ask a second person, who sees this.")
        case CampaignState.draft:
            return t("Nothing is sent before somebody begins it.")
        case CampaignState.asked:
            return t("It waits for a second person under Approvals. After a no it can be asked for again, or stopped.")
        case CampaignState.running if row.passed_at is None:
            return t(
                "The first {first} people are contacted; {minutes} minutes after the last of them all others follow.",
                first=first,
                minutes=wait,
            )
        case CampaignState.running:
            return t(
                "The first were good: all are released, since {moment}.",
                moment=told.whose(row.passed_at or row.state_at),
            )
        case CampaignState.paused:
            return t("Nobody is contacted. When it goes on, a few people are contacted first again.")
    return t("It is over since {moment}.", moment=told.whose(row.state_at))


def _moves(row: Campaign, t: Words, *, asks: bool) -> list[tuple[str, str, str]]:
    begin = ("ask", t("Ask a second person"), "primary") if asks else ("start", t("Begin"), "primary")
    stop = ("stop", t("Stop it for good"), "danger")
    match row.state:
        case CampaignState.draft | CampaignState.asked:
            return [begin, stop]
        case CampaignState.running:
            return [("pause", t("Pause"), ""), stop]
        case CampaignState.paused:
            return [("start", t("Go on"), "primary"), stop]
    return []


def _progress(campaign_id: int, parts: Sequence[views.Part], paid: int, told: Told) -> Table:
    t = told.t
    return table(
        [t("Of it"), num(t("People")), num(t("Accounts")), num(t("Money"))],
        [
            [
                Cell(t(SORT_WORDS[one.what]), "wrap"),
                num(
                    str(one.people),
                    LOOKS.get(one.what, "") if one.people else "dim",
                    f"/campaigns/{campaign_id}/accounts/{one.what}" if one.people else "",
                ),
                num(str(one.accounts), "" if one.accounts else "dim"),
                num(told.money(paid) if one.what == "paid" and paid else ""),
            ]
            for one in parts
        ],
        "",
    )


def _rules(rules: Sequence[tuple[str, int]], t: Words) -> Table:
    return table(
        [t("Rule"), num(t("People"))],
        [[Cell(rule_words(rule, t), "code wrap"), num(str(people))] for rule, people in rules],
        t("No rule kept anybody from being contacted."),
    )


def rule_words(rule: str, t: Words) -> str:
    """A rule by its id, or why the plan has nothing."""
    if rule == IN_FLIGHT:
        return t("contacted, or about to be, today")
    return t(SORT_WORDS["silent"]) if rule == SILENT else t.word(rule) if rule.islower() else rule


@router.get("/campaigns/{campaign_id}/accounts/{sort}")
def campaign_accounts(request: Request, campaign_id: Id, sort: str, desk: DeskParam, caller: CallerParam) -> Any:
    """The accounts that one number of the page means."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        row, book = views.campaign(session, caller.actor.scope, campaign_id)
        rows = views.accounts_of(session, row, sort)
    told = Told(t, book.timezone, book.currency)
    accounts = table(
        [t("Account"), t("State"), t("Rule"), num(t("Overdue"))],
        [
            [
                Cell(one.key, "code", f"/accounts/{one.account_id}"),
                t.word(one.state),
                Cell(rule_words(one.rule, t) if one.rule else "", "wrap"),
                num(told.money(one.overdue)),
            ]
            for one in rows
        ],
        t("No account of the campaign is like that now."),
    )
    more = t("The first {shown} are listed.", shown=views.LISTED) if len(rows) == views.LISTED else ""
    return render(CampaignAccountsPage(frame, campaign_id, row.name, t(SORT_WORDS[sort]), accounts, more))


class MoveForm(Form):
    move: str = Field(max_length=10)


@router.post("/campaigns/{campaign_id}/move")
def move_campaign(campaign_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Begin, ask, pause, go on or stop. Sent twice it acts once: what it is already, it stays."""
    form = read(MoveForm, fields)
    with writing(desk) as session:
        row, _ = views.campaign(session, caller.actor.scope, campaign_id)
        said = _move(session, desk, caller, row, form.move)
    return see(f"/campaigns/{campaign_id}", said)


DOING: Mapping[str, Callable[..., Campaign]] = {
    "start": actions.start_campaign,
    "pause": actions.pause_campaign,
    "stop": actions.stop_campaign,
}
TO = {"start": CampaignState.running, "pause": CampaignState.paused, "stop": CampaignState.over}


def _move(session: Session, desk: Desk, caller: Caller, row: Campaign, move: str) -> str:
    given: dict[str, Any] = {"campaign_id": row.id or 0, "at": desk.clock(), "actor": caller.actor}
    if move == "ask":
        approving.propose(session, row, caller.actor, desk.clock())
        return "campaign-asked"
    if move not in TO:
        raise BadInput("choose what is to be done with the campaign: begin, ask, pause, go on or stop")
    if row.state is not TO[move]:
        DOING[move](session, desk.office, **given)
    return f"campaign-{move}"
