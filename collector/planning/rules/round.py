"""The 3:3:3 retry rule (handbook section 6): when a silent phone may be given up, and which call comes next.

A round is the placed outbound calls to one phone since something last proved it alive. Pure: decisions over
`facts.rules.Phone`; moments are seconds since 1970, days are the person's local days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from collector.facts.rules import Phone, RoundCall
from collector.foundation.clock import day_start
from collector.history.rules import ALIVE, ANSWERED, CONVERSATION, DEAD, NOT_PLACED, RoundEnd
from collector.strategy.rules import Retry

HOUR = 3600
Pair = tuple[str, str]
"""A caller number and a slot."""


class RoundState(StrEnum):
    fresh = "fresh"
    """No call of this round was placed."""
    open = "open"
    """Called, not yet as the rule asks."""
    closing = "closing"
    """Called as the rule asks; the closing SMS is to be sent, or recorded as impossible or forbidden."""
    waiting = "waiting"
    """The closing SMS is out; its wait runs."""
    given_up = "given_up"
    avoiding = "avoiding"
    """A live phone whose owner does not talk: senior collector, letter or visit, never skip-tracing."""
    reached = "reached"
    """The last call was a talk with the person."""


SILENT = frozenset({RoundState.closing, RoundState.waiting, RoundState.given_up})
"""States in which the phone is not called."""


class Round(NamedTuple):
    """Where a phone stands."""

    state: RoundState
    calls: tuple[RoundCall, ...] = ()
    """Every placed call of the round: none of their (caller, slot) is used again in it."""
    counted: tuple[RoundCall, ...] = ()
    """Those that bring it nearer to its end: dead outcome, far enough apart, no (caller, slot) twice."""
    call_from: int = 0
    """No call of the round before this moment: the gap, or the next local day."""
    until: int | None = None
    """When the wait after the closing SMS ends."""

    @property
    def used(self) -> frozenset[Pair]:
        return frozenset((call.caller, call.slot) for call in self.calls)


FRESH = Round(RoundState.fresh)
_ENDED = {
    RoundEnd.given_up.value: Round(RoundState.given_up),
    RoundEnd.avoiding.value: Round(RoundState.avoiding),
    RoundEnd.reached.value: Round(RoundState.reached),
}


def progress(phone: Phone, retry: Retry, zone: str, now: int) -> Round:
    """Where the phone's round stands at `now`. `zone` is the person's, by which days are told apart."""
    if not phone.round:
        return _ENDED.get(phone.ended, FRESH) if phone.ended else FRESH
    calls, proof = _since_alive(phone.round)
    if not calls:
        if not proof:
            return FRESH
        return Round(RoundState.reached if proof in CONVERSATION else RoundState.avoiding)
    if phone.closing_at is None or phone.closing_at < calls[0].at:
        return _running(calls, calls, retry, zone)
    return _after_closing(phone, calls, retry, zone, now)


def _since_alive(calls: tuple[RoundCall, ...]) -> tuple[tuple[RoundCall, ...], str]:
    """The placed calls after the last one that met a live phone, and what that one met."""
    placed = tuple(call for call in calls if call.outcome not in NOT_PLACED)
    for position in range(len(placed) - 1, -1, -1):
        outcome = placed[position].outcome
        if outcome in ALIVE or outcome in CONVERSATION:
            return placed[position + 1 :], outcome
    return placed, ""


def _after_closing(phone: Phone, calls: tuple[RoundCall, ...], retry: Retry, zone: str, now: int) -> Round:
    """The closing SMS was sent or refused: a sign of life reopens the round once, else the wait runs out."""
    closing_at = phone.closing_at or 0
    later = tuple(call for call in calls if call.at > closing_at)
    sign = phone.closing_delivered or any(call.outcome in ANSWERED for call in later)
    if sign and retry.reopen_once and not phone.reopened:
        return _running(calls, later, retry, zone)
    until = closing_at if phone.closing_refused else closing_at + int(retry.closing_sms_wait_hours * HOUR)
    state = RoundState.given_up if now >= until else RoundState.waiting
    return Round(state, calls, _counted(calls, retry), until=until)


def _running(calls: tuple[RoundCall, ...], leg: tuple[RoundCall, ...], retry: Retry, zone: str) -> Round:
    """A round that is still called. `leg`: the calls since it was opened or reopened."""
    counted = _counted(leg, retry)
    missing = _missing(counted, retry)
    days_missing = retry.days - len({call.day for call in counted})
    if not missing and days_missing <= 0:
        return Round(RoundState.closing, calls, counted)
    last = calls[-1]
    call_from = int(last.at + retry.min_gap_hours * HOUR)
    if leg and days_missing >= max(missing, 1):
        call_from = max(call_from, _next_day(last.day, zone))
    return Round(RoundState.open, calls, counted, call_from)


def _next_day(day: date, zone: str) -> int:
    return int(day_start(day + timedelta(days=1), zone).timestamp())


def _counted(calls: Sequence[RoundCall], retry: Retry) -> tuple[RoundCall, ...]:
    """Dead outcomes, each at least the gap after the one counted before, no (caller, slot) twice."""
    kept: list[RoundCall] = []
    for call in calls:
        if call.outcome not in DEAD or not call.caller or not call.slot:
            continue
        if kept and call.at - kept[-1].at < retry.min_gap_hours * HOUR:
            continue
        if any(call.caller == other.caller and call.slot == other.slot for other in kept):
            continue
        kept.append(call)
    return tuple(kept)


def _missing(counted: Sequence[RoundCall], retry: Retry) -> int:
    """How many more calls the rule asks for, at least; 0: none."""
    pairs = [(call.caller, call.slot) for call in counted]
    callers, slots = {caller for caller, _ in pairs}, {slot for _, slot in pairs}
    if retry.mode == "matrix":
        need = retry.callers * retry.slots - _covered(pairs, retry)
    else:
        need = min(retry.callers, retry.slots) - _matched(pairs)
    return max(retry.attempts - len(pairs), retry.callers - len(callers), retry.slots - len(slots), need, 0)


def _covered(pairs: Sequence[Pair], retry: Retry) -> int:
    """Of the matrix, how many cells are done: the best callers, each in as many slots as the rule asks."""
    per_caller: dict[str, int] = {}
    for caller, _ in pairs:
        per_caller[caller] = per_caller.get(caller, 0) + 1
    best = sorted(per_caller.values(), reverse=True)[: retry.callers]
    return sum(min(done, retry.slots) for done in best)


def _matched(pairs: Sequence[Pair]) -> int:
    """The most calls among these of which each is from another caller and in another slot."""
    by_slot: dict[str, str] = {}

    def place(caller: str, seen: set[str]) -> bool:
        for other, slot in pairs:
            if other != caller or slot in seen:
                continue
            seen.add(slot)
            if slot not in by_slot or place(by_slot[slot], seen):
                by_slot[slot] = caller
                return True
        return False

    return sum(place(caller, set()) for caller in dict.fromkeys(caller for caller, _ in pairs))


def next_pairs(round_: Round, callers: Sequence[str], slots: Sequence[str], retry: Retry) -> tuple[Pair, ...]:
    """The (caller, slot) pairs that the next call may take, all equally good for the rule; the caller picks the
    earliest lawful slot among them.

    An unused caller in an unused slot first; then whatever brings the round nearer to its end; then any pair not used
    in it. Only when every pair was used: the one longest ago.
    """
    if not round_.calls:
        return tuple((caller, slot) for slot in slots for caller in callers)
    used = round_.used
    unused = [(caller, slot) for slot in slots for caller in callers if (caller, slot) not in used]
    return tuple(_useful(unused, round_.counted, retry) or unused or _longest_ago(round_, callers, slots))


def _useful(unused: Sequence[Pair], counted: Sequence[RoundCall], retry: Retry) -> list[Pair]:
    done = [(call.caller, call.slot) for call in counted]
    if retry.mode == "matrix":
        covered = _covered(done, retry)
        return [pair for pair in unused if _covered([*done, pair], retry) > covered]
    callers, slots = {caller for caller, _ in done}, {slot for _, slot in done}
    crossing = [pair for pair in unused if pair[0] not in callers and pair[1] not in slots]
    matched = _matched(done)
    if crossing:
        left = min(retry.callers, retry.slots) - matched - 1
        return [pair for pair in crossing if _matched(_crossing(pair, crossing)) >= left] or crossing
    return [pair for pair in unused if _matched([*done, pair]) > matched]


def _crossing(pair: Pair, others: Sequence[Pair]) -> list[Pair]:
    """What can still be called after this pair, each call from another caller and in another slot."""
    return [other for other in others if other[0] != pair[0] and other[1] != pair[1]]


def _longest_ago(round_: Round, callers: Sequence[str], slots: Sequence[str]) -> list[Pair]:
    last = {(call.caller, call.slot): call.at for call in round_.calls}
    free = [(caller, slot) for slot in slots for caller in callers]
    oldest = min((last[pair] for pair in free), default=0)
    return [pair for pair in free if last[pair] == oldest]


def evidence(phone: Phone, round_: Round, retry: Retry) -> dict[str, Any]:
    """What proves that the phone was given up, or is avoided: plain data for `history.RoundEnded`."""
    return {
        "rule": {
            "callers": retry.callers,
            "slots": retry.slots,
            "attempts": retry.attempts,
            "days": retry.days,
            "min_gap_hours": retry.min_gap_hours,
            "mode": str(retry.mode),
        },
        "calls": [
            {
                "at": call.at,
                "day": call.day.isoformat(),
                "caller": call.caller,
                "slot": call.slot,
                "outcome": call.outcome.value,
                "counted": call in round_.counted,
            }
            for call in (round_.calls or phone.round)
        ],
        "closing": {"at": phone.closing_at, "refused": list(phone.closing_refused)},
        "reopened": phone.reopened,
    }
