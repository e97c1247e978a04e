"""What a draft would change, worked out in the background: flows, contacts, refusals; and its submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from collector.casework import drafts
from collector.casework.views import strategies as views
from collector.foundation.clock import at_local
from collector.foundation.errors import BadInput, NotFound
from collector.identity.rules import Level
from collector.planning.actions import SHOWN
from collector.portfolio.queries import portfolio_by_code
from collector.strategy.compiling import digest_of
from collector.strategy.queries import trial_of
from collector.strategy.rules import TrialState
from collector.strategy.tables import StrategyTrial
from collector.web.pages.shell import Form, frame_of, read, see
from collector.web.pages.strategy import Code
from collector.web.pages.strategy_draft import GONE, own_draft
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
LEVELS = [level.value for level in Level]
AT_ONCE_S = 1.5
"""A small book is worked out before its user has looked up."""
SILENT = timedelta(minutes=3)
"""After so long without a word a trial counts as broken off."""
_pool = ThreadPoolExecutor(2, thread_name_prefix="trial")


@dataclass(frozen=True)
class Bar:
    """An hour of contacts: heights in a picture 60 high, and what they say."""

    x: int
    hour: str
    before: int
    after: int
    words: str
    href: str


@dataclass(frozen=True)
class TrialPage(Page):
    template: ClassVar[str] = "strategy_trial.html"
    code: str
    state: str
    words: str
    percent: int
    stale: bool
    """The draft was changed since."""
    flows: Table
    stay: str
    slots: Table
    levels: Table
    refused: Table
    bars: Sequence[tuple[str, Sequence[Bar]]]
    """By channel."""
    tried: str


@dataclass(frozen=True)
class BehindPage(Page):
    template: ClassVar[str] = "strategy_behind.html"
    code: str
    what: str
    accounts: Table
    cut: str


@router.post("/strategy/{code}/draft/try")
def try_draft(code: Code, desk: DeskParam, caller: CallerParam, _fields: FormParam) -> Any:
    """Begin to work it out. A draft with problems says them instead."""
    now = desk.clock()
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        draft = drafts.begin_trial(session, book, caller.actor, now)
        session.flush()
        session.expunge(draft)
        session.expunge(book)
    wait([_pool.submit(drafts.try_out, desk.office, desk.clock, draft, book, now)], AT_ONCE_S)
    return see(f"/strategy/{code}/draft/trial")


@router.get("/strategy/{code}/draft/trial")
def strategy_trial(request: Request, code: Code, desk: DeskParam, caller: CallerParam) -> Any:
    frame, now = frame_of(request, caller), desk.clock()
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        draft = own_draft(session, book, caller)
        trial = trial_of(session, draft.id or 0)
    if trial is None:
        return see(f"/strategy/{code}/draft")
    told, state = Told(frame.t, book.timezone, book.currency), state_of(trial, now)
    found = trial.found if state is TrialState.done else {}
    shown = Shown(code, found, told)
    page = TrialPage(
        frame=frame,
        code=book.code,
        state=state,
        words=_words(trial, state, frame.t),
        percent=_percent(trial),
        stale=trial.digest != digest_of(draft.body),
        flows=shown.flows(),
        stay=shown.stay(),
        slots=shown.slots(),
        levels=shown.levels(),
        refused=shown.refused(),
        bars=shown.bars(),
        tried=told.whose(trial.begun_at),
    )
    return render(page)


def state_of(trial: StrategyTrial, now: datetime) -> TrialState:
    """One that says nothing for long was broken off, with its process."""
    is_lost = trial.state is TrialState.running and now > trial.told_at + SILENT
    return TrialState.failed if is_lost else trial.state


def _percent(trial: StrategyTrial) -> int:
    return 100 * trial.done // trial.total if trial.total else 0


def _words(trial: StrategyTrial, state: TrialState, t: Words) -> str:
    if state is TrialState.failed:
        return t.reason(trial.error) if trial.error else t("It was broken off; try again.")
    return t("{percent} % of the book is gone through.", percent=_percent(trial))


@router.get("/strategy/{code}/draft/trial.json")
def strategy_trial_now(code: Code, desk: DeskParam, caller: CallerParam) -> Any:
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        trial = trial_of(session, own_draft(session, book, caller).id or 0)
    if trial is None:
        raise NotFound
    state, here = state_of(trial, desk.clock()), f"/strategy/{code}/draft/trial"
    words = _words(trial, state, Words(caller.language))
    over = "" if state is TrialState.running else here
    return JSONResponse({"state": state.value, "words": words, "percent": _percent(trial), "over": over})


class Shown:
    """A trial as tables. Every number that has accounts behind it opens them."""

    def __init__(self, code: str, found: Mapping[str, Any], told: Told) -> None:
        self.code, self.found, self.told, self.t = code, found, told, told.t
        self.before, self.after = found.get("before", {}), found.get("after", {})

    def _link(self, number: int, key: str) -> Cell:
        is_there = key in self.found.get("behind", {})
        where = f"/strategy/{self.code}/draft/trial/accounts?what={key.replace(' ', '+')}" if is_there else ""
        return num(f"{number:,}" if number else "·", "" if number else "dim", where)

    def flows(self) -> Table:
        t, currency = self.t, self.told.currency
        head: list[Cell | str] = [t("From"), t("To"), num(t("Accounts"))]
        head += [num(f"{t('Overdue')} {currency}"), num(f"{t('Owed')} {currency}")]
        rows: list[list[Cell | str]] = [
            [
                flow["from"],
                flow["to"],
                self._link(flow["accounts"], f"flow {flow['from']}|{flow['to']}"),
                num(self.told.figure(flow["overdue"])),
                num(self.told.figure(flow["owed"])),
            ]
            for flow in self.found.get("flows", ())
            if flow["from"] != flow["to"]
        ]
        return table(head, rows, t("No account would move."))

    def stay(self) -> str:
        stay = [flow for flow in self.found.get("flows", ()) if flow["from"] == flow["to"]]
        count, overdue = sum(flow["accounts"] for flow in stay), sum(flow["overdue"] for flow in stay)
        return self.t("{accounts} accounts with {overdue} overdue stay where they are.", accounts=f"{count:,}",
                      overdue=self.told.money(overdue))  # fmt: skip

    def _pairs(self, name: str) -> list[tuple[str, int, int]]:
        one, other = self.before.get(name, {}), self.after.get(name, {})
        return [(key, one.get(key, 0), other.get(key, 0)) for key in dict.fromkeys([*one, *other])]

    def _compared(self, head: Sequence[Cell | str], name: str, prefix: str, empty: str) -> Table:
        rows: list[list[Cell | str]] = []
        for key, before, after in sorted(self._pairs(name)):
            labels = [self.t.word(part) or self.t("any time") for part in key.split("|")]
            cells = [self._link(before, f"before {prefix}{key}"), self._link(after, f"after {prefix}{key}")]
            rows.append([*labels, *cells, num(f"{after - before:+,}" if after != before else "")])
        return table([*head, num(self.t("Now")), num(self.t("Draft")), num(self.t("Difference"))], rows, empty)

    def slots(self) -> Table:
        empty = self.t("Nobody would be contacted.")
        return self._compared([self.t("Channel"), self.t("Slot")], "slots", "", empty)

    def refused(self) -> Table:
        return self._compared([self.t("Rule")], "refused", "rule ", self.t("Nothing would be refused."))

    def levels(self) -> Table:
        t, places = self.t, self.after.get("places", {})
        rows: list[list[Cell | str]] = [
            [t.word(level), num(f"{before:,}"), num(f"{after:,}"), num(f"{places[level]:,}" if level in places else "")]
            for level, before, after in sorted(self._pairs("levels"), key=lambda one: LEVELS.index(one[0]))
        ]
        left = [sum(side.get("left_out", {}).values()) for side in (self.before, self.after)]
        cut = [num(f"{one:,}", "late" if one else "") for one in left]
        rows.append([t("do not fit into the agents' day"), *cut, ""])
        head: list[Cell | str] = [t("Level of collector"), num(t("Calls now")), num(t("Calls by the draft"))]
        return table([*head, num(t("Places for calls"))], rows, "")

    def bars(self) -> list[tuple[str, list[Bar]]]:
        pairs = {key: (before, after) for key, before, after in self._pairs("hours")}
        channels = dict.fromkeys(key.split("|")[0] for key in pairs)
        return [(self.t.word(channel), self._bars(channel, pairs)) for channel in channels]

    def _bars(self, channel: str, pairs: Mapping[str, tuple[int, int]]) -> list[Bar]:
        own = {int(key.split("|")[1]): both for key, both in pairs.items() if key.split("|")[0] == channel}
        most = max((max(both) for both in own.values()), default=1) or 1
        return [
            Bar(
                x=at * 44,
                hour=f"{hour:02}:00",
                before=round(60 * own[hour][0] / most),
                after=round(60 * own[hour][1] / most),
                words=f"{hour:02}:00 · {self.t('Now')} {own[hour][0]:,} · {self.t('Draft')} {own[hour][1]:,}",
                href=f"/strategy/{self.code}/draft/trial/accounts?what=after+hour+{channel}|{hour}",
            )
            for at, hour in enumerate(sorted(own))
        ]


@router.get("/strategy/{code}/draft/trial/accounts")
def trial_accounts(
    request: Request, code: Code, desk: DeskParam, caller: CallerParam, what: Annotated[str, Query(max_length=200)] = ""
) -> Any:
    """The accounts behind a number of the trial."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        trial = trial_of(session, own_draft(session, book, caller).id or 0)
        ids = trial.found.get("behind", {}).get(what, ()) if trial else ()
        rows = views.accounts_of(session, book, ids)
    cells: list[list[Cell | str]] = [
        [Cell(f"{book.code}/{row.account_no}", "code", f"/accounts/{row.id}"), row.product] for row in rows
    ]
    page = BehindPage(
        frame=frame,
        code=book.code,
        what=" · ".join(t.word(part) for part in what.replace("|", " ").split()),
        accounts=table([t("Account"), t("Product")], cells, t("There are no accounts behind this number.")),
        cut=t("The first {number} are shown.", number=SHOWN) if len(ids) >= SHOWN else "",
    )
    return render(page)


class ProposeForm(Form):
    revision: int
    reason: str = ""
    day: date
    hour: time


@router.post("/strategy/{code}/draft/propose")
def propose_strategy(code: Code, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Submit the draft as it stands, to begin on that day and hour of the portfolio's clock."""
    form, now = read(ProposeForm, fields), desk.clock()
    if form.revision < 1:
        raise BadInput(GONE)
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope)
        starts = at_local(form.day, form.hour, book.timezone)
        if now - timedelta(minutes=1) <= starts < now:
            starts = now
        drafts.submit(session, desk.office, book, caller.actor, form.revision, form.reason, starts, now)
    return see(f"/strategy/{code}", "strategy-proposed")
