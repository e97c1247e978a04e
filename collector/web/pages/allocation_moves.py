"""What allocation would do, and doing exactly that; accounts given to chosen agents, or taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlmodel import Session

from collector.casework import actions
from collector.casework.views import within
from collector.casework.views.allocation_preview import (
    Change,
    Preview,
    chosen_accounts,
    preview,
    preview_giving,
    preview_taking,
)
from collector.foundation.errors import BadInput
from collector.portfolio.tables import Portfolio
from collector.web.pages.shell import Form, frame_of, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Frame, Page, Table, Told, num, render, table

router = APIRouter()
Id = Annotated[int, Field(ge=1, le=2**62)]
WIDE = 150
"""Of an agent's bar, in units of its picture."""
TO = "to_"
"""How the boxes of agents are named: each by its user."""


@dataclass(frozen=True)
class Bar:
    """An agent before and after. Lengths in the picture; `limit`: where full is, None: there is no limit."""

    name: str
    level: str
    before: str
    after: str
    money_before: str
    money_after: str
    change: str
    long_before: float
    long_after: float
    limit: float | None
    says: str


@dataclass(frozen=True)
class PreviewPage(Page):
    template: ClassVar[str] = "allocation_preview.html"
    title: str
    changed: bool
    """The book changed since the preview that was to be carried out."""
    sentence: str
    bars: Sequence[Bar]
    moved: Table
    missed: Table
    stays: Sequence[str]
    action: str
    fields: Sequence[tuple[str, str]]
    """What the form sends again, the digest of what is shown among it."""
    nothing: bool
    note: str
    back: str


@router.get("/allocation/preview")
def preview_allocation(
    request: Request, desk: DeskParam, caller: CallerParam, book: Annotated[int, Query(ge=1, le=2**62)]
) -> Any:
    """What allocation would do now. Nothing is changed yet."""
    with reading(desk) as session:
        chosen = within.portfolio(session, caller.actor.scope, book)
        seen = preview(session, chosen, desk.clock())
    return render(_page(frame_of(request, caller), seen, changed=False))


class RunForm(Form):
    book: Id
    shown: str = Field(max_length=64)


@router.post("/allocation/run")
def run_allocation(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Exactly what was shown; where the book changed meanwhile, what it would be now is shown instead."""
    form, now = read(RunForm, fields), desk.clock()
    try:
        with writing(desk) as session:
            book = within.portfolio(session, caller.actor.scope, form.book)
            actions.allocate(
                session, desk.office, portfolio_id=book.id or 0, at=now, actor=caller.actor, shown=form.shown
            )
    except actions.BookChanged:
        with reading(desk) as session:
            seen = preview(session, within.portfolio(session, caller.actor.scope, form.book), now)
        if seen.decision.moves:
            return render(_page(frame_of(request, caller), seen, changed=True), 409)
    return see(f"/allocation?book={form.book}", "allocated")


class GiveForm(Form):
    """`of`: "agent:ID" or "rule:NAME"; `numbers`: account numbers, one a line or by commas, which go before it; `to`:
    users by commas, none: the accounts are taken back."""

    book: Id
    of: str = Field(default="", max_length=80)
    numbers: str = Field(default="", max_length=20_000)
    to: str = Field(default="", max_length=2_000)
    note: str = Field(max_length=500)
    shown: str = Field(default="", max_length=64)

    @property
    def users(self) -> list[int]:
        if not all(one.isdecimal() and len(one) < 19 for one in self.to.split(",") if one):
            raise BadInput("choose agents from the list")
        return [int(one) for one in self.to.split(",") if one]

    def accounts(self, session: Session, desk: Desk, book: Portfolio) -> list[int]:
        """The chosen accounts; none is a `BadInput`."""
        kind, _, which = self.of.partition(":")
        agent = int(which) if kind == "agent" and which.isdecimal() and len(which) < 19 else None
        if not self.numbers and agent is None and kind != "rule":
            raise BadInput("choose accounts: an agent's, a rule's, or type their numbers")
        found = chosen_accounts(
            session,
            book,
            desk.clock(),
            of_agent=agent,
            of_rule=which if kind == "rule" else None,
            keys=self.numbers.replace(",", "\n").split(),
        )
        if not found:
            raise BadInput("no account of this portfolio is meant by that; look at the numbers again")
        return found


@router.post("/allocation/give")
def preview_reassign(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What giving, or taking back, would do. Nothing is changed yet."""
    users = [name.removeprefix(TO) for name in fields if name.startswith(TO)]
    rest = {name: value for name, value in fields.items() if not name.startswith(TO) and name != "back"}
    form = read(GiveForm, {**rest, "to": ",".join(users)})
    if bool(users) is ("back" in fields):
        raise BadInput("choose who is to have the accounts, or that nobody is: one of both")
    with reading(desk) as session:
        seen = _seen(session, desk, caller, form)
    return render(_page(frame_of(request, caller), seen, changed=False, form=form))


@router.post("/allocation/give/run")
def run_reassign(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Exactly what was shown."""
    form = read(GiveForm, fields)
    try:
        with writing(desk) as session:
            _give(session, desk, caller, form)
    except actions.BookChanged:
        with reading(desk) as session:
            seen = _seen(session, desk, caller, form)
        if seen.decision.moves:
            return render(_page(frame_of(request, caller), seen, changed=True, form=form), 409)
    return see(f"/allocation?book={form.book}", "allocated" if form.users else "recalled")


def _seen(session: Session, desk: Desk, caller: Caller, form: GiveForm) -> Preview:
    book = within.portfolio(session, caller.actor.scope, form.book)
    chosen = form.accounts(session, desk, book)
    if form.users:
        return preview_giving(session, book, desk.clock(), chosen, form.users)
    return preview_taking(session, book, desk.clock(), chosen)


def _give(session: Session, desk: Desk, caller: Caller, form: GiveForm) -> None:
    book, now = within.portfolio(session, caller.actor.scope, form.book), desk.clock()
    chosen = form.accounts(session, desk, book)
    if form.users:
        said = {"note": form.note, "at": now, "actor": caller.actor, "shown": form.shown}
        actions.reassign(session, desk.office, portfolio_id=book.id or 0, chosen=chosen, to=form.users, **said)  # type: ignore[arg-type]
        return
    seen = preview_taking(session, book, now, chosen)
    if seen.decision.digest != form.shown:
        raise actions.BookChanged
    back = [move.account_id for move in seen.decision.moves]
    actions.recall(session, desk.office, account_ids=back, note=form.note, at=now, actor=caller.actor)


# --- how it is told ---


def _page(frame: Frame, seen: Preview, *, changed: bool, form: GiveForm | None = None) -> PreviewPage:
    t, told = frame.t, Told(frame.t, seen.book.timezone, seen.book.currency)
    sent = {"book": str(seen.book.id), "shown": seen.decision.digest}
    if form is not None:
        sent |= {"of": form.of, "numbers": form.numbers, "to": form.to, "note": form.note}
    missed = sum(one.accounts for one in seen.missed)
    return PreviewPage(
        frame=frame,
        title=t("What allocation would do") if form is None else t("What giving these accounts would do"),
        changed=changed,
        sentence=t(
            "{accounts} accounts of {people} people move; {missed} stay without the owner they need.",
            accounts=len(seen.decision.moves),
            people=seen.people,
            missed=missed,
        ),
        bars=_bars(seen.agents, told),
        moved=_moved(seen, told),
        missed=_missed(seen, told),
        stays=[f"{accounts} {t.word(why)}" for why, accounts in seen.stays],
        action="/allocation/run" if form is None else "/allocation/give/run",
        fields=list(sent.items()),
        nothing=not seen.decision.moves,
        note=form.note if form else "",
        back=f"/allocation?book={seen.book.id}",
    )


def _bars(rows: Sequence[Change], told: Told) -> list[Bar]:
    """Each as long as its agent is full; without limits, as its accounts beside the most that anybody has."""
    limited = all(one.full_after is not None for one in rows)
    ends = [
        (one.full_before or 0, one.full_after or 0) if limited else (float(one.before), float(one.after))
        for one in rows
    ]
    longest = max((end for pair in ends for end in pair), default=0)
    unit = WIDE / max(longest, 1)
    return [
        _bar(one, round(was * unit, 1), round(becomes * unit, 1), round(unit, 1) if limited else None, told)
        for one, (was, becomes) in zip(rows, ends, strict=True)
    ]


def _bar(one: Change, was: float, becomes: float, limit: float | None, told: Told) -> Bar:
    t = told.t
    parts = [f"+{one.comes}" if one.comes else "", f"−{one.goes}" if one.goes else ""]
    full = [f" ({share:.0%})" if share is not None else "" for share in (one.full_before, one.full_after)]
    return Bar(
        name=one.name,
        level=t.word(one.level),
        before=f"{one.before}{full[0]}",
        after=f"{one.after}{full[1]}",
        money_before=told.money(one.money_before),
        money_after=told.money(one.money_after),
        change=" ".join(part for part in parts if part) or "·",
        long_before=was,
        long_after=becomes,
        limit=limit,
        says=t("{before} accounts before, {after} after", before=one.before, after=one.after),
    )


def _moved(seen: Preview, told: Told) -> Table:
    t = told.t
    return table(
        [t("Rule"), t("Why"), num(t("Accounts")), num(t("Overdue"))],
        [[one.rule or "·", t.word(one.why), num(str(one.accounts)), num(told.money(one.money))] for one in seen.moved],
        t("Nothing moves: everything is where it should be, or has to stay where it is."),
    )


def _missed(seen: Preview, told: Told) -> Table:
    t = told.t
    return table(
        [t("Rule"), t("Why"), num(t("Accounts")), num(t("Overdue"))],
        [[one.rule or "·", t.word(one.why), num(str(one.accounts)), num(told.money(one.money))] for one in seen.missed],
        t("Nobody is left out."),
    )
