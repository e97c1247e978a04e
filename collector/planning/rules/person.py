"""One person's day: at most one message and one call, over all accounts and rules (handbook sections 5, 6, 9).

The same function decides for the night plan, for a single person after an event, for the dry run and for `explain`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from collector.facts.rules import Kind, Negotiator, PersonFacts, Phone, negotiator_of
from collector.history.rules import Channel, RoundEnd
from collector.identity.rules import LEVEL_ORDER, Level
from collector.planning.rules.contact import OWN, Found, Place, Refused, TooLate, place
from collector.planning.rules.context import Context, Flight
from collector.planning.rules.look import Look, look, why_quiet
from collector.planning.rules.planned import Passed, PersonPlan, PlannedRefusal, PlannedTask, RoundNote
from collector.planning.rules.priority import priority
from collector.planning.rules.round import HOUR, Round, RoundState, evidence, progress
from collector.planning.rules.wants import Want, is_placed, wants
from collector.planning.rules.words import Purpose
from collector.portfolio.rules import ContactStatus

MESSAGES = frozenset({Channel.sms, Channel.email})
CALLS = frozenset({Channel.call})
LEAST = 100
"""Less urgent than any contact."""
LANES = {channel: Channel.sms if channel in MESSAGES else channel for channel in Channel}
"""Channels that share a budget, by the name of one of them; messages, calls, letters, visits, decided in that order."""
LANE_ORDER = {Channel.sms: 0, Channel.call: 1, Channel.letter: 2, Channel.visit: 3}
_encode = msgspec.json.Encoder().encode


NOTHING = PersonPlan()


def plan_person(
    facts: PersonFacts,
    ctx: Context,
    now: datetime,
    flights: Sequence[Flight] = (),
    looks: Sequence[Look | None] | None = None,
) -> PersonPlan:
    """What is done for this person on the context's day, from `now` on.

    `flights`: contacts begun today, of any portfolio, and what other portfolios planned. `looks`: the accounts' looks,
    in the order of `facts.accounts`, when the caller has them already.
    """
    return _Desk(facts, ctx, int(now.timestamp()), flights, looks).plan()


def rounds_of(facts: PersonFacts, ctx: Context, now: int) -> list[tuple[Phone, Round]]:
    """The person's own active phones, with where their rounds stand."""
    zone = ctx.person_zone(facts.body)
    return [
        (phone, progress(phone, ctx.strategy.retry, zone, now))
        for phone in facts.body.phones
        if phone.status is ContactStatus.active and phone.owner in OWN
    ]


_ENDS = {
    RoundState.given_up: RoundEnd.given_up,
    RoundState.avoiding: RoundEnd.avoiding,
    RoundState.reached: RoundEnd.reached,
}


def ended_rounds(rounds: Iterable[tuple[Phone, Round]], ctx: Context) -> list[RoundNote]:
    """Rounds that ended, and whose end is not on record yet."""
    return [
        RoundNote(phone.id, _ENDS[round_.state], (), evidence(phone, round_, ctx.strategy.retry))
        for phone, round_ in rounds
        if phone.round and round_.state in _ENDS
    ]


def _urgency(want: Want) -> tuple[int, int, int]:
    account = want.seen.account
    return want.urgency, -account.overdue, account.account_id


def _lane_order(lane: tuple[Channel, list[Want]]) -> int:
    return LANE_ORDER[lane[0]]


class _Desk:
    """One person on the desk: collects what is decided while the wants are gone through, most urgent first."""

    def __init__(
        self,
        facts: PersonFacts,
        ctx: Context,
        now: int,
        flights: Sequence[Flight],
        looks: Sequence[Look | None] | None,
    ) -> None:
        self.facts, self.ctx, self.now = facts, ctx, now
        self.flights = flights
        if looks is None:
            looks = [look(account, ctx) for account in facts.accounts]
        self.looks = [(seen, why_quiet(seen, facts.body, ctx, now)) for seen in looks if seen is not None]
        self.rounds = rounds_of(facts, ctx, now)
        self.tasks: list[PlannedTask] = []
        self.refusals: list[PlannedRefusal] = []
        self.notes: list[RoundNote] = []
        self.passed: list[Passed] = []

    def plan(self) -> PersonPlan:
        self._note_quiet()
        lanes: dict[Channel, list[Want]] = {}
        for want in sorted(wants(self.facts, self.looks, self.rounds, self.ctx, self.now), key=_urgency):
            lanes.setdefault(LANES[want.channel], []).append(want)
        for lane, found in sorted(lanes.items(), key=_lane_order):
            if lane is Channel.sms:
                self._messages(found)
            elif lane is Channel.call:
                self._calls(found)
            else:
                self._papers(found)
        self.notes += ended_rounds(self.rounds, self.ctx)
        return PersonPlan(tuple(self.tasks), tuple(self.refusals), tuple(self.notes), tuple(self.passed))

    def _note_quiet(self) -> None:
        for seen, quiet in self.looks:
            if quiet is not None and seen.is_due:
                self.passed.append(Passed(seen.account.account_id, None, None, quiet.value))

    def _messages(self, found: Sequence[Want]) -> None:
        """One message a person a day: the most urgent that may go."""
        if found and self._is_taken(MESSAGES, (Kind.sms, Kind.email)):
            self._pass(found, "in_flight")
            return
        planned = self._planned_elsewhere(MESSAGES)
        for at, want in enumerate(found):
            if want.urgency >= planned:
                self._pass(found[at:], "outranked")
                return
            answer = self._place(want, (want.seen.account.account_id,))
            if isinstance(answer, Place):
                self._task(want, (want.seen.account.account_id,), answer, want.campaign_id)
                self._pass(found[at + 1 :], "outranked")
                return
            self._closing_refused(want, answer)

    def _calls(self, found: Sequence[Want]) -> None:
        """One call at a time: about the most urgent want, and about every other account of it that wants a call. A
        second one on the same day only for an agreed call-back or a 3:3:3 round, and not before its gap is over."""
        if not found:
            return
        if self._is_begun(CALLS):
            self._pass(found, "in_flight")
            return
        if found[0].urgency >= self._planned_elsewhere(CALLS):
            self._pass(found, "outranked")
            return
        lead = self._after_last_call(found[0])
        same = [
            want
            for want in found
            if want.seen.account.role is lead.seen.account.role and self._negotiator(want) == self._negotiator(lead)
        ]
        debts = tuple(dict.fromkeys(want.seen.account.account_id for want in same))
        answer = self._place(lead, debts)
        if isinstance(answer, Place):
            self._task(lead, debts, answer, next((want.campaign_id for want in same if want.campaign_id), None))
            self._pass([want for want in found if want.seen.account.account_id not in debts], "outranked")

    def _after_last_call(self, want: Want) -> Want:
        if want.callback is not None or not self.facts.body.events:
            return want
        last = max([event.at for event in self.facts.body.events if is_placed(event, Kind.call)], default=0)
        free_from = last + int(self.ctx.strategy.retry.min_gap_hours * HOUR)
        return want if free_from <= self.now else want._replace(not_before=max(want.not_before, free_from))

    def _papers(self, found: Sequence[Want]) -> None:
        for at, want in enumerate(found[:1]):
            answer = self._place(want, (want.seen.account.account_id,))
            if isinstance(answer, Place):
                self._task(want, (want.seen.account.account_id,), answer)
            self._pass(found[at + 1 :], "outranked")

    def _place(self, want: Want, debts: tuple[int, ...]) -> Found:
        answer = place(want, debts, self.facts, self.rounds, self.ctx, self.now)
        if isinstance(answer, Refused):
            self._refuse(want, answer)
        elif isinstance(answer, TooLate):
            self._pass([want], "later")
        return answer

    def _is_taken(self, channels: frozenset[Channel], kinds: Sequence[Kind]) -> bool:
        """Whether a contact of this sort was placed today, or is in flight."""
        if self._is_begun(channels):
            return True
        first, last = self.ctx.span(self.ctx.person_zone(self.facts.body))
        return any(
            first <= event.at < last and is_placed(event, kind) for event in self.facts.body.events for kind in kinds
        )

    def _is_begun(self, channels: frozenset[Channel]) -> bool:
        return any(flight.urgency is None and flight.channel in channels for flight in self.flights)

    def _planned_elsewhere(self, channels: frozenset[Channel]) -> int:
        """How urgent what other portfolios planned for this budget is."""
        if not self.flights:
            return LEAST
        planned = [one.urgency for one in self.flights if one.urgency is not None and one.channel in channels]
        return min(planned, default=LEAST)

    def _closing_refused(self, want: Want, answer: Found) -> None:
        """Time alone will not let this closing SMS go: that is recorded in its place (handbook section 6)."""
        if want.purpose is Purpose.closing and isinstance(answer, Refused) and answer.earliest is None:
            phone = want.phone
            if phone is not None:
                rules = tuple(rule for rule, _, _ in answer.rules)
                self.notes.append(RoundNote(phone.id, None, rules, {}))

    def _pass(self, found: Sequence[Want], why: str) -> None:
        for want in found:
            self.passed.append(Passed(want.seen.account.account_id, want.channel, want.purpose, why))

    def _refuse(self, want: Want, answer: Refused) -> None:
        account = want.seen.account
        self.refusals.append(
            PlannedRefusal(
                account.portfolio_id,
                self.facts.person_id,
                account.account_id,
                want.channel,
                want.purpose,
                answer.answer.value,
                answer.rules,
                answer.earliest,
                want.phone.id if want.phone else None,
            )
        )

    def _task(self, want: Want, debts: tuple[int, ...], found: Place, campaign_id: int | None = None) -> None:
        """`campaign_id`: which campaign has its one contact by it, whatever else it is about."""
        account, segment, step = want.seen.account, want.seen.segment, want.step
        importance = priority(want.seen, want.purpose, found.phone, self.ctx)
        named = self._negotiator(want)
        owner_id = want.callback.user_id if want.callback else account.owner_id
        self.tasks.append(
            PlannedTask(
                account.portfolio_id,
                self.facts.person_id,
                account.account_id,
                _debts(debts),
                found.phone.id if found.phone else None,
                found.phone.number if found.phone else None,
                want.channel,
                want.purpose,
                segment.name,
                segment.stage.value,
                Level.primary.value if named else self._level(debts, found.phone),
                step.key if step else None,
                _encode(want.skipped).decode() if want.skipped else None,
                want.template,
                want.tone.value if want.tone else None,
                found.caller,
                found.slot,
                found.start,
                found.end,
                importance.rank,
                importance.as_json(),
                want.reason,
                named.user_id if named else owner_id,
                want.callback.id if want.callback else None,
                campaign_id,
            )
        )

    def _negotiator(self, want: Want) -> Negotiator | None:
        """Who alone may talk about it, whatever their level."""
        if not self.facts.body.standing or want.channel not in (Channel.call, Channel.visit):
            return None
        return negotiator_of(self.facts.body, want.seen.account.account_id)

    def _level(self, debts: tuple[int, ...], phone: Phone | None) -> str:
        """The highest of the accounts it is about; an avoiding person is a senior collector's (handbook section 6)."""
        if phone is not None and phone.ended == RoundEnd.avoiding:
            return Level.senior.value
        for other, round_ in self.rounds:
            if other is phone and round_.state is RoundState.avoiding:
                return Level.senior.value
        levels = [
            seen.segment.level_for(seen.account.level_floor)
            for seen, _ in self.looks
            if seen.account.account_id in debts
        ]
        return max(levels, key=LEVEL_ORDER.__getitem__).value


def _debts(debts: tuple[int, ...]) -> str:
    return f"[{debts[0]}]" if len(debts) == 1 else _encode(debts).decode()
