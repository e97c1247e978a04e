"""The first look at an account: what its dates ask for today, and what keeps it quiet."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from collector.facts.rules import AccountFacts, Attention, PersonBody, PromiseFact, Standing, extra_of, lateness
from collector.facts.rules import Mark as FactMark
from collector.foundation.clock import local_day
from collector.planning.rules.context import Context
from collector.portfolio.rules import OBLIGORS
from collector.strategy.rules import Due, Segment, Step

MUST_OPEN = int(Attention.CALLBACK | Attention.ROUND | Attention.PROMISE | Attention.CAMPAIGN)
"""Whoever has one of these is looked at although no date of an account asks for it."""
NO_STEP = Due(None, ())


class Quiet(StrEnum):
    """Why an account is left alone, or nearly so. The first three let nothing through."""

    held = "held"
    held_segment = "held_segment"
    disputed = "disputed"
    legal = "legal"
    """With the legal team: one negotiator keeps call-backs and promises, the cadence rests (handbook section 8). Formal
    letters still go: they keep the limitation period alive while the team decides (section 5)."""
    promised = "promised"
    """An open promise that covers enough, soon enough; formal letters still go (handbook section 7)."""
    offered = "offered"
    """Terms that were offered and may still be kept; formal letters still go, as with a promise."""


SILENT_ALTOGETHER = frozenset({Quiet.held, Quiet.held_segment, Quiet.disputed})
LETTERS_GO = frozenset({Quiet.legal, Quiet.promised, Quiet.offered})


class Look(NamedTuple):
    """An account on the planned day. `days` past due; `reminder`: the one for today, before or on the due date."""

    account: AccountFacts
    days: int
    segment: Segment
    due: Due = NO_STEP
    reminder: Step | None = None
    is_broken: bool = False
    """A promise was broken, and the account was not touched on a later day."""

    @property
    def is_due(self) -> bool:
        return self.due.step is not None or self.reminder is not None or self.is_broken


def look(account: AccountFacts, ctx: Context) -> Look | None:
    """What the dates of an account ask for today; None: it is settled, this person does not owe it, or it is another
    portfolio's."""
    if account.settled or account.portfolio_id != ctx.portfolio_id or account.role not in OBLIGORS:
        return None
    days = lateness(account, ctx.today)
    segment = ctx.strategy.segment_at(account, ctx.today, days)
    if days:
        due = segment.cadence.due_step(days, account.step, account.role)
        return Look(account, days, segment, due, None, _is_broken(account, ctx))
    if not ctx.reminds or account.overdue:
        return Look(account, 0, segment)
    reminder = ctx.strategy.reminders.due_step(account, ctx.today, ctx.reminders_until)
    is_mine = reminder is not None and reminder.to is account.role
    return Look(account, 0, segment, NO_STEP, reminder if is_mine else None)


def _is_broken(account: AccountFacts, ctx: Context) -> bool:
    if account.broken_at is None:
        return False
    broken_on = local_day(datetime.fromtimestamp(account.broken_at, UTC), ctx.zone)
    return account.touched_on is None or account.touched_on <= broken_on


def needs_look(account: AccountFacts, ctx: Context, attention: int = 0) -> bool:
    """Whether the person must be opened: a step, a reminder or a broken promise is due on the account, or the person
    has a call-back, a round, a promise or a campaign (`person_state.attention`). Nobody else is decoded or judged."""
    if attention & MUST_OPEN:
        return True
    seen = look(account, ctx)
    return seen is not None and seen.is_due


def why_quiet(seen: Look, body: PersonBody, ctx: Context, now: int) -> Quiet | None:
    """What keeps an account quiet, the hardest reason first; None: nothing does."""
    account = seen.account
    if ctx.is_held or (body.standing and any(_is_hold(mark, account.account_id, now) for mark in body.standing)):
        return Quiet.held
    if seen.segment.name in ctx.held_segments:
        return Quiet.held_segment
    if account.extra is None:
        return None
    extra = extra_of(account)
    if extra.disputed_since is not None:
        return Quiet.disputed
    if any(referral.startswith("legal/") for referral in extra.referrals):
        return Quiet.legal
    if any(offer.due_at > now and not offer.kept for offer in extra.offers):
        return Quiet.offered
    return Quiet.promised if _is_promised(extra.promises, account, ctx, now) else None


def _is_hold(mark: Standing, account_id: int, now: int) -> bool:
    return (
        mark.mark is FactMark.hold
        and mark.at <= now
        and (mark.until is None or mark.until > now)
        and (not mark.debts or account_id in mark.debts)
    )


def _is_promised(promises: tuple[PromiseFact, ...], account: AccountFacts, ctx: Context, now: int) -> bool:
    """What is promised within the days of the policy, taken together, against what is overdue."""
    policy = ctx.strategy.promise
    soon = [
        promise.amount - promise.paid
        for promise in promises
        if promise.due_at > now and _days_ahead(promise, ctx) <= policy.silence_within_days
    ]
    return bool(soon) and policy.is_silencing(sum(soon), account.overdue, 0)


def _days_ahead(promise: PromiseFact, ctx: Context) -> int:
    return (local_day(datetime.fromtimestamp(promise.due_at, UTC), ctx.zone) - ctx.today).days
