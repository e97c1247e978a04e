"""The parts of an account page, each built from the account's view in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.casework.views.account import AccountView
from collector.foundation.clock import local_day
from collector.foundation.money import plain
from collector.foundation.phone import masked
from collector.history.rules import Ability, Cause, Channel, HoldScope, PromiseState, StopKind, Willingness
from collector.history.tables import Hold, Stop
from collector.identity.rules import Level
from collector.portfolio.rules import OBLIGORS, BorrowerType
from collector.strategy.playbooks import playbooks
from collector.strategy.rules import Stage
from collector.web.pages import telling
from collector.web.pages.shell import may_open
from collector.web.session import Caller
from collector.web.templating import Cell, Choice, Table, Told, choices, city
from collector.web.words import Words

Numbered = Sequence[tuple[int, str]]
"""A row's id, and what is said of it."""


@dataclass(frozen=True)
class Head:
    """Whose account this is. `clock`: the person's; `book_clock`: the portfolio's, on which everything else is told."""

    account_id: int
    person_id: int
    key: str
    name: str
    about: str
    creditor: str
    their_time: str
    clock: str
    book_clock: str
    as_of: str
    currency: str
    clears_today: str
    clears_amount: str
    pays_off: tuple[str, str]
    """Until when, and with how much."""
    promised: str
    """How earlier promises went; empty: there was none."""
    promise_day: str


def head(view: AccountView, told: Told, now: datetime) -> Head:
    account, book, t = view.account, view.portfolio, told.t
    theirs = Told(t, account.timezone or book.timezone)
    clears = view.standing.overdue + view.standing.due_today
    about = (account.product, t.word(account.borrower_type), t.word(account.value_tier), t.word(account.security))
    return Head(
        account_id=account.id or 0,
        person_id=account.person_id,
        key=f"{book.code}/{account.account_no}",
        name=view.name,
        about=" · ".join(word for word in about if word),
        creditor=book.creditor,
        their_time=theirs.hour(now),
        clock=city(theirs.zone),
        book_clock=city(told.zone),
        as_of=told.whose(book.payments_as_of) if book.payments_as_of else t("never loaded"),
        currency=book.currency,
        clears_today=told.money(clears),
        clears_amount=plain(clears, book.currency),
        pays_off=_pays_off(view, told),
        promised=" · ".join(words for words in (_offered(view, told), _promised(view, t)) if words),
        promise_day=view.standing.promise_day.isoformat(),
    )


def _pays_off(view: AccountView, told: Told) -> tuple[str, str]:
    """What settles it; good until the next instalment falls due."""
    until, t = view.standing.next_due_on, told.t
    words = t("pays off until {day}", day=told.day(until)) if until else t("pays off")
    return words, told.money(view.standing.owed)


def _offered(view: AccountView, told: Told) -> str:
    """The total that was offered, and by when."""
    return " · ".join(
        told.t(
            "offered: {money} by {moment}",
            money=told.money(one.total),
            moment=told.moment(datetime.fromtimestamp(one.due_at, UTC)),
        )
        for one in view.offers
    )


def _promised(view: AccountView, t: Words) -> str:
    states = [row.state for row in view.promises]
    if not states:
        return ""
    kept, broken = states.count(PromiseState.kept), states.count(PromiseState.broken)
    return t("promises: {made} made, {kept} kept, {broken} broken", made=len(states), kept=kept, broken=broken)


@dataclass(frozen=True)
class Held:
    """A hold, and from which day on it can be made longer; None: it has no end, or is not this account's own."""

    id: int
    words: str
    ends: str | None


@dataclass(frozen=True)
class Against:
    """What speaks against contact now, each with what lifts it."""

    stops: Numbered
    holds: Sequence[Held]
    disputes: Numbered


def against(view: AccountView, told: Told) -> Against:
    t = told.t
    return Against(
        stops=[(row.id or 0, stop_words(row, told)) for row in view.stops],
        holds=[Held(row.id or 0, _hold_words(row, told), _ends(row, told)) for row in view.holds],
        disputes=[
            (row.id or 0, f"{row.reason} · {t('answer by {day}', day=told.day(row.answer_by))}")
            for row in view.disputes
            if row.answered_at is None
        ],
    )


def stop_words(row: Stop, told: Told) -> str:
    parts = (told.t.word(row.kind), told.t.word(row.channel), masked(row.number) if row.number else "")
    return " · ".join(part for part in (*parts, told.moment(row.at)) if part)


def _ends(row: Hold, told: Told) -> str | None:
    is_own = row.scope in (HoldScope.account, HoldScope.person)
    return local_day(row.until, told.zone).isoformat() if row.until and is_own else None


def _hold_words(row: Hold, told: Told) -> str:
    t = told.t
    until = t("until {moment}", moment=told.moment(row.until)) if row.until else t("until lifted")
    return f"{t.word(row.reason)} · {t.word(row.scope)} · {until}"


@dataclass(frozen=True)
class Story:
    """Where it stands, and how it came there."""

    standing: Sequence[tuple[str, Cell]]
    with_legal: str
    """Who alone talks about it; empty: everybody may."""
    referrals: Sequence[str]
    callbacks: Sequence[str]
    schedule: Table
    payments: Table
    promises: Table
    open_promises: Numbered
    people: Table
    timeline: Table


def _with_legal(negotiator: str | None, t: Words) -> str:
    if negotiator is None:
        return ""
    if not negotiator:
        return t("With legal; nobody is named to negotiate: nobody calls.")
    return t("With legal; negotiator {name}. Nobody else calls.", name=negotiator)


def story(view: AccountView, timeline: Table, told: Told) -> Story:
    t = told.t
    return Story(
        standing=telling.standing(view, told),
        with_legal=_with_legal(view.negotiator, t),
        referrals=[f"{t.word(row.kind)} · {t.word(row.state)} · {told.moment(row.state_at)}" for row in view.referrals],
        callbacks=[told.whose(row.due_at) for row in view.callbacks],
        schedule=telling.schedule(view, told),
        payments=telling.payments(view, told),
        promises=telling.promises(view, told),
        open_promises=[
            (row.id or 0, f"{told.money(row.amount)} · {told.moment(row.due_at)}")
            for row in view.promises
            if row.state in (PromiseState.open, PromiseState.partial)
        ],
        people=telling.people(view.people, told),
        timeline=timeline,
    )


@dataclass(frozen=True)
class Explained:
    """The plan's own decision: why here, what next, what is closed."""

    why: Table
    coming: Table
    refused: Table
    passed: Sequence[str]


def explained(document: Mapping[str, Any], told: Told) -> Explained:
    return Explained(
        why=telling.why(document, told),
        coming=telling.coming(document, told),
        refused=telling.refused(document, told),
        passed=telling.passed(document, told),
    )


def says(view: AccountView, language: str) -> list[str]:
    """Purpose and tone of the stage, how this kind of borrower reads, and what to do."""
    book, standing = playbooks(), view.standing
    if not standing.days_past_due:
        return []
    play = book.types[BorrowerType(standing.playbook or view.account.borrower_type)]
    stage = Stage(standing.stage)
    told = [book.stages.get(stage), play.reads_as, play.stages.get(stage)]
    return [words.said(language) for words in told if words is not None]


def excuses(language: str) -> list[tuple[str, str]]:
    """What is often said, and the answer to it."""
    return [(one.says.said(language), one.answer.said(language)) for one in playbooks().excuses]


@dataclass(frozen=True)
class Opens:
    """Which forms are open to this reader; a closed one is shown with the reason."""

    talk: bool
    lift: bool
    hold: bool
    pause: bool
    level: bool
    answer: bool
    extend: bool
    call: bool
    papers: bool
    letters: bool


def opens(caller: Caller) -> Opens:
    return Opens(
        talk=may_open(caller, "log_promise"),
        lift=may_open(caller, "lift_stop"),
        hold=may_open(caller, "log_hold"),
        pause=may_open(caller, "log_pause"),
        level=may_open(caller, "lower_level"),
        answer=may_open(caller, "answer_dispute"),
        extend=may_open(caller, "extend_hold"),
        call=may_open(caller, "take_next"),
        papers=may_open(caller, "paper_done"),
        letters=may_open(caller, "account_letters"),
    )


@dataclass(frozen=True)
class Offers:
    """What the forms offer to choose from."""

    causes: Sequence[Choice]
    willingness: Sequence[Choice]
    abilities: Sequence[Choice]
    stop_kinds: Sequence[Choice]
    channels: Sequence[Choice]
    promisers: Sequence[Choice]
    levels: Sequence[Choice]
    """Those an account can go down to."""


def offers(view: AccountView, told: Told) -> Offers:
    t = told.t
    return Offers(
        causes=choices(t, Cause),
        willingness=choices(t, Willingness),
        abilities=choices(t, Ability),
        stop_kinds=choices(t, StopKind),
        channels=choices(t, Channel),
        promisers=choices(t, dict.fromkeys(one.role for one in view.people if one.role in OBLIGORS)),
        levels=choices(t, [level for level in Level if level is not Level.senior]),
    )
