"""Going through a portfolio, person by person in id order, a range at a time: decide, fill, forget."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from typing import Any

import msgspec
from sqlmodel import Session

from collector.facts.queries import stream
from collector.facts.rules import AccountFacts, PersonFacts, body_decoder
from collector.foundation.database import Begin, Database, copy_rows
from collector.foundation.memory import no_collecting
from collector.history.rules import Channel
from collector.planning.actions.rows import REFUSAL_COLUMNS, TASK_COLUMNS, refusal_row, task_row
from collector.planning.queries import in_flight, planned_elsewhere
from collector.planning.rules import (
    MUST_OPEN,
    Context,
    Flight,
    Look,
    PersonPlan,
    Queue,
    look,
    plan_person,
    planned_flight,
    takes_place_of,
)

Range = tuple[int, int]
Progress = Callable[[int, int], None]
"""Called with how many ranges are done, and of how many."""
ENOUGH = 5
"""Ranges from which on other processes are asked to help: they take as long to start as a few ranges take."""
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Tally:
    """What a range came to: small, so that ranges add up in flat memory and travel between processes."""

    people: int = 0
    opened: int = 0
    """People with something due: decoded, and judged if it came to a contact."""
    counts: Counter[str] = field(default_factory=Counter)
    """Tasks by "segment|channel"."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refused contacts by rule; one that several rules refused counts for each."""
    passed: Counter[str] = field(default_factory=Counter)
    queues: dict[str, Queue] = field(default_factory=dict)
    """Calls by level, for the capacity of the agents."""
    noted: list[int] = field(default_factory=list)
    """People of whom something about a 3:3:3 round is to be recorded, or whose plan elsewhere is less urgent."""
    shared: dict[int, list[Flight]] = field(default_factory=dict)
    """What was planned for people who have accounts in other portfolios too."""
    digests: list[bytes] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.people += other.people
        self.opened += other.opened
        self.counts.update(other.counts)
        self.refused.update(other.refused)
        self.passed.update(other.passed)
        for level, queue in other.queues.items():
            self.queues.setdefault(level, Queue()).extend(queue)
        self.noted += other.noted
        self.shared.update(other.shared)
        self.digests += other.digests

    @property
    def digest(self) -> str:
        """SHA-256 over the decisions in order of people; the same for a dry run and its real run."""
        return hashlib.sha256(b"".join(self.digests)).hexdigest()


@dataclass(frozen=True, slots=True)
class Errand:
    """What a range is gone through with. Can be sent to another process. `run_id` None: a dry run."""

    ctx: Context
    now: datetime
    run_id: int | None
    elsewhere: dict[int, list[Flight]] = field(default_factory=dict)
    """Of a dry run: what it would have planned in portfolios before this one."""


def go_through(begin: Begin, errand: Errand, part: Range) -> Tally:
    """Decides for everyone in the range, and fills tasks and refusals in, in one transaction."""
    with no_collecting(), begin() as session:
        tally, tasks, refusals = decide_range(session, errand, part)
        if errand.run_id is not None:
            copy_rows(session, "task", TASK_COLUMNS, tasks)
            copy_rows(session, "refusal", REFUSAL_COLUMNS, refusals)
    return tally


def decide_range(
    session: Session, errand: Errand, part: Range
) -> tuple[Tally, list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The decisions for everyone in the range, as rows; nothing is written."""
    ctx, now, run_id = errand.ctx, errand.now, errand.run_id
    seconds = int(now.timestamp())
    tally, hasher = Tally(), hashlib.sha256()
    numbers = {segment.name: at for at, segment in enumerate(ctx.strategy.segments())}
    tasks: list[tuple[Any, ...]] = []
    refusals: list[tuple[Any, ...]] = []
    for facts, plan, flights, is_shared in _decisions(session, errand, part, tally):
        for task in plan.tasks:
            row = task_row(run_id, task)
            hasher.update(_encode(row[1:]))
            tasks.append(row)
            tally.counts[f"{task.segment}|{row[7]}"] += 1
            if task.channel is Channel.call:
                queue = tally.queues.setdefault(task.level, Queue())
                queue.add(task.rank, task.person_id, numbers[task.segment])
        for refusal in plan.refusals:
            refusals.append(refusal_row(run_id, refusal, seconds))
            hasher.update(_encode(refusals[-1][1:]))
            tally.refused.update({rule for rule, _, _ in refusal.rules})
        for passed in plan.passed:
            tally.passed[passed.why] += 1
        if plan.rounds or takes_place_of(plan, flights):
            tally.noted.append(facts.person_id)
        if is_shared and plan.tasks:
            tally.shared[facts.person_id] = [planned_flight(task, ctx) for task in plan.tasks]
    tally.digests.append(hasher.digest())
    return tally, tasks, refusals


def asks(seen: Look | None) -> bool:
    """Whether the account's own dates ask for a contact today."""
    return seen is not None and seen.is_due


def _decisions(
    session: Session, errand: Errand, part: Range, tally: Tally
) -> Iterator[tuple[PersonFacts, PersonPlan, Sequence[Flight], bool]]:
    """Those with something due. Nobody else is decoded: the first look reads columns only."""
    ctx, now = errand.ctx, errand.now
    low, high = part
    begun = in_flight(session, now, day=ctx.today, zone=ctx.zone, between=part)
    others = planned_elsewhere(session, ctx, between=part)
    for accounts, attention, body in stream(session, ctx.portfolio_id, ctx.today, low, high - 1):
        tally.people += 1
        looks = [look(account, ctx) for account in accounts]
        if not attention & MUST_OPEN and not any(map(asks, looks)):
            continue
        tally.opened += 1
        person_id = accounts[0].person_id
        facts = PersonFacts(person_id, body_decoder.decode(body), tuple(accounts))
        flights = _flights(person_id, begun, others, errand.elsewhere) if begun or others or errand.elsewhere else ()
        yield facts, plan_person(facts, ctx, now, flights, looks), flights, _is_shared(accounts, ctx)


def _flights(person_id: int, *sources: dict[int, list[Flight]]) -> Sequence[Flight]:
    return [flight for source in sources for flight in source.get(person_id, ())]


def _is_shared(accounts: Sequence[AccountFacts], ctx: Context) -> bool:
    return len(accounts) > 1 and any(account.portfolio_id != ctx.portfolio_id for account in accounts)


@dataclass(slots=True)
class _Helper:
    """What a process that helps keeps from one range to the next."""

    database: Database
    errand: Errand


_helpers: list[_Helper] = []
"""One in a process that helps; nothing in any other."""


def _begin_helping(address: str, errand: Errand) -> None:
    _helpers[:] = [_Helper(Database(address), errand)]


def _help(part: Range) -> Tally:
    (helper,) = _helpers
    return go_through(helper.database.begin, helper.errand, part)


def go_through_all(
    begin: Begin, errand: Errand, parts: Sequence[Range], progress: Progress, address: str | None, processes: int
) -> Tally:
    """All ranges, added up in order. With an address of the database, in several processes: the others take ranges
    from the front while this one works from the back, and need not be waited for while they start."""
    whole = Tally()
    if address is None or processes < 2 or len(parts) < ENOUGH:
        for done, part in enumerate(parts, 1):
            whole.add(go_through(begin, errand, part))
            progress(done, len(parts))
        return whole
    found: list[Tally] = []
    fresh = get_context("spawn")
    with ProcessPoolExecutor(processes - 1, fresh, initializer=_begin_helping, initargs=(address, errand)) as pool:
        turns = [(part, pool.submit(_help, part)) for part in parts]
        try:
            for part, turn in reversed(turns):
                found.append(go_through(begin, errand, part) if turn.cancel() else turn.result())
                progress(len(found), len(parts))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    for tally in reversed(found):
        whole.add(tally)
    return whole
