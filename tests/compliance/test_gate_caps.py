"""Caps: whatever is planned, claimed at once, lost on the way, sent again and answered late, no window of local days
holds more than the pack allows, on no clock that may be the person's.

The desks are played by rules alone; that claims do come one after the other is shown on both databases in
tests/casework/test_races.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from gate_asking import policy, second
from gate_lives import CLOCKS, someone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from collector.compliance.rules import Answer, Contact, judge
from collector.dispatch.rules import InFlight, with_flights
from collector.facts.rules import Event, Kind, Mark, PersonFacts, Standing
from collector.history.rules import Channel

PERSON = 1
ANSWERED = ("right_party", "third_party", "answered")
OUTCOMES = ("no_answer", "voicemail", "busy", "failed", *ANSWERED)


class Cap(NamedTuple):
    """At most so many in a window of local days, for each debt and collector, each number, or the person."""

    channel: Channel
    per: Literal["person", "number", "debt"]
    most: int
    days: int
    counts: Literal["all", "answered", "unanswered"] = "all"


CALL, SMS = Channel.call, Channel.sms
HOUSE = (Cap(CALL, "number", 3, 1), Cap(CALL, "person", 6, 1), Cap(CALL, "person", 7, 7), Cap(SMS, "person", 1, 1))
CAPS: dict[str, tuple[Cap, ...]] = {
    "us": (*HOUSE[:2], Cap(CALL, "debt", 7, 7), Cap(SMS, "person", 1, 1), Cap(SMS, "person", 3, 7)),
    "cn": (
        Cap(CALL, "person", 3, 1, "answered"),
        Cap(CALL, "number", 3, 1, "unanswered"),
        Cap(CALL, "person", 6, 1, "unanswered"),
        HOUSE[3],
    ),
    "in": HOUSE,
    "uk": HOUSE,
    "house": HOUSE,
}
"""As compliance.md has them; what is for a person to decide (review) is no permission for a machine."""
ONE_ZONE = {"cn": "Asia/Shanghai", "in": "Asia/Kolkata"}


@dataclass
class Task:
    """A contact that a desk took: what really happened to it, whatever the desk has heard."""

    flight: InFlight
    placed_at: int | None = None
    outcome: str | None = None
    known: bool = False

    @property
    def is_placed(self) -> bool:
        return self.placed_at is not None and self.outcome != "failed"

    def counts(self, cap: Cap) -> bool:
        answered = self.outcome in ANSWERED
        wanted = cap.counts == "all" or answered == (cap.counts == "answered")
        return self.is_placed and self.flight.channel is cap.channel and wanted

    def units(self, cap: Cap) -> list[object]:
        if cap.per == "debt":
            return [(self.flight.collector, debt) for debt in self.flight.debts]
        return [self.flight.number if cap.per == "number" else ""]


class Desks(RuleBasedStateMachine):
    """Several desks and workers over one person; time only goes forward."""

    pack: str

    def __init__(self) -> None:
        super().__init__()
        self.tasks: list[Task] = []
        self.policy = policy(self.pack)

    @initialize(clock=st.sampled_from(sorted(CLOCKS)), hours=st.integers(0, 72))
    def begin(self, clock: str, hours: int) -> None:
        self.zones, change = CLOCKS[clock]
        if self.pack in ONE_ZONE:
            self.zones = (ONE_ZONE[self.pack],)
        self.now = second(change.replace("Z", "+00:00")) - hours * 3600
        self.fresh = Standing(Mark.consent, self.now - 60, channel=SMS)

    @rule(minutes=st.sampled_from([1, 5, 6, 30, 60, 180, 600, 1440, 4320]))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * 60

    def _contact(self, flight: InFlight) -> Contact:
        return Contact(flight.channel, flight.debts, flight.collector, number=flight.number)

    def _facts(self, without: Task | None = None) -> PersonFacts:
        done = tuple(
            Event(
                Kind(task.flight.channel.value),
                task.placed_at or 0,
                outcome=task.outcome,
                number=task.flight.number,
                debts=task.flight.debts,
                collector=task.flight.collector,
            )
            for task in self.tasks
            if task.known
        )
        facts = someone(tuple(sorted(done, key=lambda event: event.at)), (self.fresh,), self.zones)
        return with_flights(facts, [task.flight for task in self.tasks if not task.known and task is not without])

    @rule(
        channel=st.sampled_from([CALL, CALL, CALL, SMS]),
        number=st.sampled_from(["+1", "+1", "+2", "+3"]),
        debts=st.sampled_from([(1,), (2,), (1, 2)]),
        collector=st.sampled_from([1, 2]),
        desks=st.integers(1, 4),
    )
    def claim(self, channel: Channel, number: str, debts: tuple[int, ...], collector: int, desks: int) -> None:
        """The same plan carried out by several desks at once, or again: every one of them asks."""
        for _ in range(desks):
            at = datetime.fromtimestamp(self.now, UTC)
            flight = InFlight(PERSON, channel, at, number, None, debts, collector)
            asked = self._contact(flight)
            if judge(asked, self._facts(), self.policy, self.now, earliest=False).answer is Answer.allow:
                self.tasks.append(Task(flight))

    @rule(which=st.integers(0, 30), outcome=st.sampled_from(OUTCOMES))
    def submit(self, which: int, outcome: str) -> None:
        """The second time the gate is asked; what came of it is not heard yet, perhaps never."""
        waiting = [task for task in self.tasks if task.placed_at is None]
        if not waiting:
            return
        task = waiting[which % len(waiting)]
        asked = self._contact(task.flight)
        if judge(asked, self._facts(task), self.policy, self.now, earliest=False).answer is not Answer.allow:
            self.tasks.remove(task)
            return
        task.flight = task.flight._replace(at=datetime.fromtimestamp(self.now, UTC))
        task.placed_at = self.now
        task.outcome = outcome if task.flight.channel is CALL else None

    @rule(which=st.integers(0, 30))
    def hear(self, which: int) -> None:
        """A receipt, or a person who settles what was unknown."""
        sent = [task for task in self.tasks if task.placed_at is not None and not task.known]
        if sent:
            sent[which % len(sent)].known = True

    @invariant()
    def no_window_is_over_its_cap(self) -> None:
        for zone in getattr(self, "zones", ()):
            for cap in CAPS[self.pack]:
                for unit, days in self._days_of(cap, ZoneInfo(zone)):
                    for first in days:
                        inside = sum(first <= day < first + timedelta(days=cap.days) for day in days)
                        assert inside <= cap.most, (zone, cap, unit)

    def _days_of(self, cap: Cap, zone: ZoneInfo) -> Iterator[tuple[object, list[date]]]:
        placed = [(task, unit) for task in self.tasks if task.counts(cap) for unit in task.units(cap)]
        for unit in dict.fromkeys(unit for _, unit in placed):
            moments = [task.placed_at or 0 for task, mine in placed if mine == unit]
            yield unit, [datetime.fromtimestamp(at, UTC).astimezone(zone).date() for at in moments]


@pytest.mark.parametrize("pack", sorted(CAPS))
def test_no_race_no_loss_and_no_retry_exceeds_a_cap(pack: str) -> None:
    desks = type(f"Desks_{pack}", (Desks,), {"pack": pack})
    some = settings(max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(desks, settings=some)


@pytest.mark.parametrize("pack", sorted(CAPS))
def test_every_cap_can_be_reached(pack: str) -> None:
    """The machine above proves nothing where a gate is shut anyway: an eager desk fills every cap to the brim."""
    full: Counter[Cap] = Counter()
    for number, outcome in (("+1", "no_answer"), ("+1", "right_party"), (None, "no_answer")):
        desks = type("Eager", (Desks,), {"pack": pack})()
        desks.begin("two coasts", 0)
        desks.zones = (ONE_ZONE.get(pack, "America/New_York"),)
        for step in range(8 * 24 * 4):
            desks.time_passes(15)
            for channel in (CALL, SMS):
                desks.claim(channel, number or f"+{1 + step % 3}", (1,), 1, 1)
                desks.submit(0, outcome)
                desks.hear(0)
        for cap in CAPS[pack]:
            for _, days in desks._days_of(cap, ZoneInfo(desks.zones[0])):
                most = max(sum(0 <= (day - first).days < cap.days for day in days) for first in days)
                full[cap] = max(full[cap], most)
    assert {cap: full[cap] for cap in CAPS[pack]} == {cap: cap.most for cap in CAPS[pack]}
