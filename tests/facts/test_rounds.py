"""The open 3:3:3 round of a phone, as it follows from what happened (handbook section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from collector.facts.rules.records import AttemptRecord, ClosingRefusedRecord, RoundEndRecord
from collector.facts.rules.rounds import RoundView, fold_round

HOUR = 3600
BEFORE, FAR = 0, 10**9


@dataclass
class Line:
    """What happened on one phone, an hour apart, in the order it is told."""

    now: int = 0
    attempts: list[AttemptRecord] = field(default_factory=list)
    ends: list[RoundEndRecord] = field(default_factory=list)
    refused: list[ClosingRefusedRecord] = field(default_factory=list)

    def tell(self, *words: str) -> Line:
        for word in words:
            self.now += HOUR
            if word == "closing":
                self.attempts.append(self._attempt("sms", purpose="closing"))
            elif word == "refused":
                self.refused.append(ClosingRefusedRecord(1, self.now, ("CN-TIME",)))
            elif word == "delivered":
                last = max(i for i, row in enumerate(self.attempts) if row.purpose == "closing")
                self.attempts[last] = self.attempts[last]._replace(delivered_at=self.now)
            elif word.startswith("end:"):
                self.ends.append(RoundEndRecord(1, self.now, word[4:]))
            elif word == "texts us":
                self.attempts.append(self._attempt("sms", direction="inbound"))
            else:
                self.attempts.append(self._attempt("call", outcome=word))
        return self

    def _attempt(self, channel: str, **more: str) -> AttemptRecord:
        given = {"direction": "outbound", "purpose": "collect", "outcome": None} | more
        day = datetime.fromtimestamp(self.now, UTC).date()
        return AttemptRecord(
            id=len(self.attempts) + 1,
            at=self.now,
            day=day,
            person_id=1,
            portfolio_id=1,
            contact_point_id=1,
            channel=channel,
            direction=str(given["direction"]),
            number="+8613812340001",
            caller=f"+86101000{len(self.attempts) % 3}",
            slot="morning",
            purpose=str(given["purpose"]),
            step=None,
            debts=(1,),
            outcome=given["outcome"],
            delivered_at=None,
        )

    def view(self, now: int = FAR) -> RoundView:
        return fold_round(self.attempts, self.ends, self.refused, now)


DEAD3 = ("no_answer", "switched_off", "vacant")


@pytest.mark.parametrize(
    ("told", "outcomes", "expected"),
    [
        pytest.param([], [], {}, id="nothing"),
        pytest.param([*DEAD3], [*DEAD3], {}, id="three dead calls"),
        pytest.param([*DEAD3, "voicemail"], [*DEAD3, "voicemail"], {}, id="voicemail was placed"),
        pytest.param(["no_answer", "busy", "no_answer"], ["busy", "no_answer"], {}, id="begins at the proof of life"),
        pytest.param(["no_answer", "right_party"], ["right_party"], {}, id="a talk ends it"),
        pytest.param([*DEAD3, "texts us"], [], {}, id="whatever comes in from it ends it"),
        pytest.param([*DEAD3, "closing"], [*DEAD3], {"closing_at": 4 * HOUR}, id="closing SMS"),
        pytest.param(
            [*DEAD3, "refused"],
            [*DEAD3],
            {"closing_at": 4 * HOUR, "closing_refused": ("CN-TIME",)},
            id="closing refused",
        ),
        pytest.param(
            [*DEAD3, "closing", "delivered"],
            [*DEAD3],
            {"closing_at": 4 * HOUR, "closing_delivered": True},
            id="the closing SMS arrived",
        ),
        pytest.param(
            [*DEAD3, "closing", "delivered", *DEAD3, "closing"],
            [*DEAD3, *DEAD3],
            {"closing_at": 9 * HOUR, "reopened": True},
            id="reopened by a receipt, and closed again",
        ),
        pytest.param(
            [*DEAD3, "closing", "third_party", *DEAD3, "closing"],
            [*DEAD3, "third_party", *DEAD3],
            {"closing_at": 9 * HOUR, "reopened": True},
            id="reopened by an answer, and closed again",
        ),
        pytest.param(
            [*DEAD3, "closing", "closing"], [*DEAD3], {"closing_at": 5 * HOUR}, id="closed twice without a sign of life"
        ),
        pytest.param(
            [*DEAD3, "closing", "delivered", *DEAD3, "closing", "delivered"],
            [*DEAD3, *DEAD3],
            {"closing_at": 9 * HOUR, "reopened": True, "closing_delivered": True},
            id="arrived again: it was reopened once",
        ),
        pytest.param([*DEAD3, "closing", "end:given_up"], [], {"ended": "given_up"}, id="given up"),
        pytest.param([*DEAD3, "closing", "end:given_up", "no_answer"], ["no_answer"], {}, id="a call after the end"),
        pytest.param(
            [*DEAD3, "closing", "delivered", "end:given_up", "end:found", *DEAD3, "closing"],
            [*DEAD3],
            {"closing_at": 11 * HOUR},
            id="found: a fresh round, which may be reopened anew",
        ),
    ],
)
def test_round(told: list[str], outcomes: list[str], expected: dict[str, object]) -> None:
    view = Line().tell(*told).view()
    assert [call.outcome.value for call in view.calls] == outcomes
    assert view._replace(calls=()) == RoundView(**expected)  # type: ignore[arg-type]


def test_only_what_happened_up_to_the_moment_counts() -> None:
    line = Line().tell(*DEAD3, "closing", "delivered", "end:given_up")
    assert [len(line.view(hour * HOUR).calls) for hour in range(7)] == [0, 1, 2, 3, 3, 3, 0]
    assert line.view(4 * HOUR).closing_delivered is False
    assert line.view(5 * HOUR).closing_delivered is True


def test_days_are_told_as_recorded() -> None:
    assert Line().tell("no_answer").view().calls[0].day == date(1970, 1, 1)
