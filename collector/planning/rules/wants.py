"""What is wanted of a person today, before anybody asked whether, where and when it may be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from collector.facts.rules import Callback, Event, Kind, PersonFacts, Phone, PromiseFact, extra_of
from collector.foundation.clock import day_start, local_day
from collector.history.rules import Channel, Direction, RoundEnd
from collector.planning.rules.context import Context
from collector.planning.rules.look import LETTERS_GO, SILENT_ALTOGETHER, Look, Quiet
from collector.planning.rules.round import Round, RoundState
from collector.planning.rules.words import Purpose
from collector.strategy.rules import Due, Retry, Step, done_offset
from collector.texts.rules import Tone

URGENCY = {
    Purpose.callback: 0,
    Purpose.promise_reminder: 1,
    Purpose.broken_promise: 2,
    Purpose.closing: 3,
    Purpose.campaign: 5,
    Purpose.reminder: 7,
    Purpose.notice: 4,
    Purpose.collect: 6,
    Purpose.location: 8,
    Purpose.how_to_pay: 0,
}
"""Which contact goes when a person would get several on one day (handbook section 9: one budget per person).
What a campaign asks for goes before ordinary collection: somebody wants it now."""
DUE_TODAY = 4
"""A reminder on the due date goes before ordinary collection; earlier ones after it."""
OF_A_ROUND = URGENCY[Purpose.collect] + 1
"""The next call of a 3:3:3 round, when no step of the cadence asks for one."""


def urgency_of(purpose: Purpose, step: str | None) -> int:
    """How urgent a contact is for that purpose, about that step of a cadence or of the reminders."""
    if purpose is Purpose.reminder and step is not None and done_offset(step) == 0:
        return DUE_TODAY
    return OF_A_ROUND if purpose is Purpose.collect and step is None else URGENCY[purpose]


class Want(NamedTuple):
    """A contact that is wanted about one account. `phone`: only that one will do. `not_before` in seconds."""

    seen: Look
    channel: Channel
    purpose: Purpose
    reason: str
    urgency: int
    template: str | None = None
    tone: Tone | None = None
    slot: str | None = None
    step: Step | None = None
    skipped: tuple[str, ...] = ()
    phone: Phone | None = None
    callback: Callback | None = None
    campaign_id: int | None = None
    not_before: int = 0


def wants(
    facts: PersonFacts,
    looks: Sequence[tuple[Look, Quiet | None]],
    rounds: Sequence[tuple[Phone, Round]],
    ctx: Context,
    now: int,
) -> Iterator[Want]:
    """Everything that is due today for this person, over all accounts and rules."""
    if facts.body.callbacks:
        yield from _callbacks(facts, looks, ctx)
    if facts.body.campaigns:
        yield from _campaigns(facts, looks)
    for seen, quiet in looks:
        if seen.account.extra is not None and quiet not in SILENT_ALTOGETHER:
            yield from _promise_reminders(seen, facts, ctx, now)
        if quiet is None:
            if seen.is_broken:
                yield from _broken(seen, facts, ctx)
            if seen.reminder is not None:
                yield _reminder(seen, seen.reminder)
            if seen.due.step is not None:
                yield _step(seen, seen.due.step)
        elif quiet in LETTERS_GO and (letter := _letter(seen.due)) is not None:
            yield _step(seen, letter)
    if any(round_.state in STARTED or _is_found(phone, round_) for phone, round_ in rounds):
        late = [seen for seen, quiet in looks if quiet is None and seen.days]
        if late:
            yield from _rounds(max(late, key=lambda seen: seen.account.overdue), rounds, ctx)


def _letter(due: Due) -> Step | None:
    """The latest formal letter among what is due: of a quiet account the calls after it are not made either."""
    steps = (*due.skipped, due.step) if due.step is not None else ()
    return next((step for step in reversed(steps) if step.channel is Channel.letter), None)


def _callbacks(facts: PersonFacts, looks: Sequence[tuple[Look, Quiet | None]], ctx: Context) -> Iterator[Want]:
    by_account = {seen.account.account_id: (seen, quiet) for seen, quiet in looks}
    _, tomorrow = ctx.span(ctx.person_zone(facts.body))
    for callback in facts.body.callbacks:
        seen, quiet = by_account.get(callback.account_id, (None, None))
        if seen is None or quiet in SILENT_ALTOGETHER or callback.at >= tomorrow:
            continue
        yield Want(
            seen,
            Channel.call,
            Purpose.callback,
            "call-back agreed with the person",
            URGENCY[Purpose.callback],
            phone=next((phone for phone in facts.body.phones if phone.id == callback.phone_id), None),
            callback=callback,
            not_before=callback.at,
        )


def _campaigns(facts: PersonFacts, looks: Sequence[tuple[Look, Quiet | None]]) -> Iterator[Want]:
    """What keeps ordinary dunning of an account silent keeps campaigns silent too."""
    audible = {seen.account.account_id: seen for seen, quiet in looks if quiet is None}
    for asked in facts.body.campaigns:
        seen = audible.get(asked.account_id)
        if seen is not None:
            yield Want(
                seen,
                asked.channel,
                Purpose.campaign,
                f"campaign {asked.campaign_id}",
                URGENCY[Purpose.campaign],
                asked.template,
                Tone(asked.tone) if asked.tone else None,
                asked.slot,
                campaign_id=asked.campaign_id,
            )


def _promise_reminders(seen: Look, facts: PersonFacts, ctx: Context, now: int) -> Iterator[Want]:
    if ctx.strategy.promise.reminder_template is None:
        return
    for promise in extra_of(seen.account).promises:
        if _is_reminder_due(promise, seen, facts, ctx, now):
            yield Want(
                seen,
                Channel.sms,
                Purpose.promise_reminder,
                f"promise {promise.id} falls due",
                URGENCY[Purpose.promise_reminder],
                ctx.strategy.promise.reminder_template,
                Tone.courteous,
            )


def _is_reminder_due(promise: PromiseFact, seen: Look, facts: PersonFacts, ctx: Context, now: int) -> bool:
    """On the day that lies the strategy's hours before it; a promise made later than that on its own day, unless made
    on that day. Once: a message about the account since then has reminded."""
    zone = ctx.person_zone(facts.body)
    remind_at = promise.due_at - ctx.strategy.promise.reminder_hours_before * 3600
    if promise.made_at >= remind_at:
        remind_at = promise.due_at
    remind_on = _day(remind_at, zone)
    if now >= promise.due_at or ctx.today < remind_on or _day(promise.made_at, zone) == ctx.today:
        return False
    since = int(day_start(remind_on, zone).timestamp())
    account_id = seen.account.account_id
    return not any(
        event.at >= since and account_id in event.debts and is_placed(event, Kind.sms) for event in facts.body.events
    )


def _day(moment: int, zone: str) -> date:
    return local_day(datetime.fromtimestamp(moment, UTC), zone)


def is_placed(event: Event, kind: Kind) -> bool:
    """A contact of ours of that kind, those in flight included."""
    return event.kind is kind and event.direction is Direction.outbound


def _broken(seen: Look, facts: PersonFacts, ctx: Context) -> Iterator[Want]:
    """A broken promise tops the list until the person was called about it, and is told once by message."""
    broken_at = seen.account.broken_at or 0
    account_id = seen.account.account_id
    done = {event.kind for event in facts.body.events if event.at >= broken_at and account_id in event.debts}
    reason = "promise broken"
    urgency = URGENCY[Purpose.broken_promise]
    if Kind.call not in done:
        yield Want(seen, Channel.call, Purpose.broken_promise, reason, urgency)
    template = ctx.strategy.promise.broken_template
    if template and Kind.sms not in done:
        yield Want(seen, Channel.sms, Purpose.broken_promise, reason, urgency, template, Tone.firm)


def _reminder(seen: Look, step: Step) -> Want:
    urgency = urgency_of(Purpose.reminder, step.key)
    reason = f"reminder {step.key}"
    return Want(seen, step.channel, Purpose.reminder, reason, urgency, step.template, step.tone, step.slot, step)


def _step(seen: Look, step: Step) -> Want:
    purpose = Purpose.notice if step.channel is Channel.letter else Purpose.collect
    skipped = tuple([one.key for one in seen.due.skipped])
    return Want(
        seen,
        step.channel,
        purpose,
        f"step {step.key}",
        URGENCY[purpose],
        step.template,
        step.tone,
        step.slot,
        step,
        skipped,
    )


def _is_found(phone: Phone, round_: Round) -> bool:
    """A lost person was found under this number: calling starts again at once, whatever the cadence (handbook
    section 8)."""
    return round_.state is RoundState.fresh and phone.ended == RoundEnd.found


STARTED = frozenset({RoundState.open, RoundState.closing, RoundState.waiting, RoundState.given_up})
LIVE = frozenset({RoundState.reached, RoundState.avoiding})


def _rounds(seen: Look, rounds: Sequence[tuple[Phone, Round]], ctx: Context) -> Iterator[Want]:
    """The next call of a 3:3:3 round that was begun, and the closing SMS of one that was called out. While another
    phone of the person is known to live, no round is pressed on."""
    states = {round_.state for _, round_ in rounds}
    if states & LIVE:
        return
    for phone, round_ in rounds:
        if round_.state is RoundState.closing:
            yield _closing(seen, phone, ctx)
    callable_ = [round_ for _, round_ in rounds if _is_pressed_on(round_, ctx.strategy.retry)]
    if callable_:
        number = max(len(round_.counted) for round_ in callable_) + 1
        reason = f"3:3:3, call {number} of the round"
        yield Want(seen, Channel.call, Purpose.collect, reason, OF_A_ROUND)


def _is_pressed_on(round_: Round, retry: Retry) -> bool:
    """A phone that only ever takes messages is not lost: once calls that do not count would fill the whole matrix, the
    cadence alone asks for more."""
    uncounted = len(round_.calls) - len(round_.counted)
    return round_.state in (RoundState.open, RoundState.fresh) and uncounted < retry.callers * retry.slots


def _closing(seen: Look, phone: Phone, ctx: Context) -> Want:
    return Want(
        seen,
        Channel.sms,
        Purpose.closing,
        "closing SMS of the 3:3:3 round",
        URGENCY[Purpose.closing],
        ctx.strategy.retry.closing_template,
        Tone.informative,
        phone=phone,
    )
