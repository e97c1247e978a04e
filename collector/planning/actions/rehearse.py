"""A day planned dry by several strategies at once: the decisions of the night plan, counted for comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from collector.facts.actions import refresh_stale
from collector.facts.queries import stream
from collector.facts.rules import AccountFacts
from collector.foundation.clock import day_start, local, parse_moment
from collector.foundation.database import Begin
from collector.foundation.memory import no_collecting
from collector.identity.rules import LEVEL_ORDER
from collector.planning.actions.night import SIZE
from collector.planning.actions.rows import REFUSAL_COLUMNS, TASK_COLUMNS
from collector.planning.actions.sweep import Errand, Progress, Tally, decide_range
from collector.planning.queries import CarriedIn, agents_places, nothing_known, person_ranges, read_context
from collector.planning.rules import Context, fill, left_out
from collector.portfolio.rules import PartyRole
from collector.strategy.rules import Strategy
from collector.texts.catalogue import Catalogue

Sums = tuple[int, int, int]
SHOWN = 200
"""Accounts that are remembered behind one number."""
_CHANNEL, _SLOT, _FROM = (TASK_COLUMNS.index(name) for name in ("channel", "slot", "not_before"))
_ACCOUNT, _RULES = TASK_COLUMNS.index("account_id"), REFUSAL_COLUMNS.index("rules")
_REFUSED = REFUSAL_COLUMNS.index("account_id")


class Behind(dict[str, list[int]]):
    """By number, the first accounts it is made of."""

    def add(self, key: str, account_id: int) -> None:
        held = self.setdefault(key, [])
        if len(held) < SHOWN:
            held.append(account_id)


@dataclass(slots=True)
class Rehearsal:
    """What one strategy would plan. `slots`: contacts by "channel|slot"; `hours`: by "channel|hour" in which they may
    begin, on the portfolio's clock; `levels`: calls by level, `places` for them, and calls `left_out` by segment."""

    slots: Counter[str] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    levels: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    behind: Behind = field(default_factory=Behind)
    tally: Tally = field(default_factory=Tally)


class Flow(NamedTuple):
    """Accounts that stand in one segment by the first strategy and in another by the second. Money in minor units."""

    source: str
    target: str
    accounts: int
    overdue: int
    owed: int
    behind: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two strategies over one book and one day."""

    flows: Sequence[Flow]
    before: Rehearsal
    after: Rehearsal


def rehearse(
    begin: Begin,
    look: Begin,
    portfolio_id: int,
    before: Strategy,
    after: Strategy,
    now: datetime,
    *,
    progress: Progress,
    carried_in: CarriedIn = nothing_known,
    catalogue: Catalogue | None = None,
    size: int = SIZE,
) -> Compared:
    """The portfolio's day that holds `now`, from its beginning, by both strategies; nothing is stored but refreshed
    facts. Who was contacted today counts as contacted for both. `look`: a transaction that only reads."""
    refresh_stale(begin, now)
    with look() as session:
        ctx = read_context(session, portfolio_id, now, carried_in, catalogue)
        parts = list(person_ranges(session, portfolio_id, size))
        contexts = [_under(ctx, strategy) for strategy in (before, after)]
        found = [Rehearsal(places=agents_places(session, own)) for own in contexts]
    at = day_start(ctx.today, ctx.zone) + timedelta(minutes=1)
    flows: dict[tuple[str, str], Sums] = {}
    behind = Behind()
    for done, part in enumerate(parts, 1):
        with no_collecting(), look() as session:
            for own, rehearsal in zip(contexts, found, strict=True):
                _count(rehearsal, *decide_range(session, Errand(own, at, None), part), ctx.zone)
            low, high = part
            for accounts, _, _ in stream(session, portfolio_id, ctx.today, low, high - 1):
                _flow(flows, behind, (before, after), accounts, ctx)
        progress(done, len(parts))
    for own, rehearsal in zip(contexts, found, strict=True):
        _fit(rehearsal, own)
    return Compared(_flows(flows, behind, before, after), found[0], found[1])


def _under(ctx: Context, strategy: Strategy) -> Context:
    """The same day under another strategy; what was worked out for the first is forgotten."""
    return replace(ctx, strategy=strategy, _spans={}, _windows={}, _callers={})


def _count(
    rehearsal: Rehearsal, tally: Tally, tasks: list[tuple[object, ...]], refusals: list[tuple[object, ...]], zone: str
) -> None:
    rehearsal.tally.add(tally)
    for row in tasks:
        channel, account_id = str(row[_CHANNEL]), row[_ACCOUNT]
        slot = f"{channel}|{row[_SLOT] or ''}"
        hour = f"{channel}|{_hour(str(row[_FROM]), zone)}"
        rehearsal.slots[slot] += 1
        rehearsal.hours[hour] += 1
        if isinstance(account_id, int):
            rehearsal.behind.add(slot, account_id)
            rehearsal.behind.add(f"hour {hour}", account_id)
    for row in refusals:
        rules = {rule["id"] for rule in msgspec.json.decode(str(row[_RULES]))}
        rehearsal.refused.update(rules)
        account_id = row[_REFUSED]
        if isinstance(account_id, int):
            for rule in rules:
                rehearsal.behind.add(f"rule {rule}", account_id)


def _hour(stamped: str, zone: str) -> int:
    return local(parse_moment(f"{stamped.replace(' ', 'T')}+00:00"), zone).hour


def _flow(
    flows: dict[tuple[str, str], Sums],
    behind: Behind,
    strategies: tuple[Strategy, Strategy],
    accounts: Sequence[AccountFacts],
    ctx: Context,
) -> None:
    for account in accounts:
        if account.role is not PartyRole.borrower or account.portfolio_id != ctx.portfolio_id:
            continue
        source, target = (strategy.segment(account, ctx.today).name for strategy in strategies)
        count, overdue, owed = flows.get((source, target), (0, 0, 0))
        flows[source, target] = (count + 1, overdue + account.overdue, owed + account.owed)
        if source != target:
            behind.add(f"{source}|{target}", account.account_id)


def _flows(flows: dict[tuple[str, str], Sums], behind: Behind, before: Strategy, after: Strategy) -> list[Flow]:
    old = {segment.name: at for at, segment in enumerate(before.segments())}
    new = {segment.name: at for at, segment in enumerate(after.segments())}
    ordered = sorted(flows, key=lambda pair: (old[pair[0]], new[pair[1]]))
    return [
        Flow(source, target, *sums, behind=tuple(behind.get(f"{source}|{target}", ())))
        for (source, target), sums in ((pair, flows[pair]) for pair in ordered)
    ]


def _fit(rehearsal: Rehearsal, ctx: Context) -> None:
    """How many calls each level has, and which do not fit into the agents' day."""
    queues, places = rehearsal.tally.queues, rehearsal.places
    rehearsal.levels = {level: len(queue) for level, queue in queues.items()}
    cuts = fill(queues, [level.value for level in LEVEL_ORDER], places) if places else {}
    rehearsal.left_out = left_out(queues, cuts, [segment.name for segment in ctx.strategy.segments()])
