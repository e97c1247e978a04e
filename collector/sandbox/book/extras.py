"""What only some accounts have: consents, wishes, disputes, complaints, holds, lawyers, and calls agreed for today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from typing import Final

from collector.foundation.clock import at_local, local, local_day
from collector.history.rules import Outcome
from collector.sandbox.book.world import BookSpec, Event, Loan

CONSENTS: Final = {"cn": 0.0, "us": 0.6}
RARE: Final[tuple[tuple[float, str, dict[str, str], dict[str, str]], ...]] = (
    # of a hundred late accounts: kind, details in China, details in the United States
    (1.2, "dispute", {"reason": "对罚息金额有异议"}, {"reason": "says the late fee is wrong"}),
    (0.4, "complaint", {"text": "投诉来电时间不便"}, {"text": "complains about calls during work"}),
    (0.8, "stop", {"stop": "vulnerable", "reason": "住院治疗"}, {"stop": "vulnerable", "reason": "in hospital"}),
    (0.5, "stop", {"stop": "hardship", "reason": "受灾"}, {"stop": "hardship", "reason": "storm damage"}),
    (0.5, "hold", {"note": "主管核实材料"}, {"note": "supervisor checks the papers"}),
    (0.5, "preference", {"not_before": "10:00", "not_after": "19:00"}, {"not_before": "10:00", "not_after": "19:00"}),
    (0.8, "stop", {}, {"stop": "attorney", "reason": "represented by counsel"}),
    (0.6, "stop", {}, {"stop": "cease", "reason": "written request"}),
    (0.4, "stop", {}, {"stop": "bankruptcy", "reason": "chapter 7"}),
)
CALLBACKS: Final = 0.6
LATELY: Final = timedelta(days=6)
"""Of the accounts somebody talked to so lately, how many asked to be called back."""
DAY_BEGINS, DAY_ENDS = time(8, 10), {"cn": time(21, 30), "us": time(20, 30)}
"""Hours on the borrower's clock in which a call-back is agreed: later than we would call unasked, inside the law."""
SOON: Final = 0.4


def extras_of(loan: Loan, spec: BookSpec, desk: str, rng: Random, now: datetime) -> Iterator[Event]:
    """Rows of the events file beside the contacts. `desk`: login of the agent who takes the call-backs."""
    if rng.random() < CONSENTS[spec.jurisdiction]:
        at = at_local(loan.opened_on, time(12), spec.zone)
        yield _event(loan, "consent", at, {"channel": "sms", "evidence": f"application {loan.account_no}"})
    if loan.late > 2:
        for chance, kind, there, here in RARE:
            details = there if spec.jurisdiction == "cn" else here
            if details and rng.random() * 100 < chance:
                yield _event(loan, kind, now - timedelta(hours=rng.randint(2, 20)), details)
    talk = _talked_lately(loan, now)
    if talk is not None and rng.random() < CALLBACKS:
        due_at = _agreed(loan.borrower.zone or spec.zone, DAY_ENDS[spec.jurisdiction], now, rng)
        details = {"due_at": due_at.isoformat(), "agent": desk}
        yield Event(loan.account_no, "callback", talk.at + timedelta(minutes=2), talk.phone, details)


def _event(loan: Loan, kind: str, at: datetime, details: dict[str, str]) -> Event:
    phone = loan.borrower.phones[0] if kind == "consent" else ""
    return Event(loan.account_no, kind, at, phone, details)


def _talked_lately(loan: Loan, now: datetime) -> Event | None:
    """The last talk, unless it is long ago or ended in a promise."""
    if any(event.kind == "promise" and event.at > now - LATELY for event in loan.events):
        return None
    for event in reversed(loan.events):
        if event.details.get("outcome") == Outcome.right_party and event.at > now - LATELY:
            return event
    return None


def _agreed(zone: str, ends: time, now: datetime, rng: Random) -> datetime:
    """Just now or within the next hours, where that is still a decent hour for the borrower; else in the morning."""
    soon = rng.random() < SOON
    wanted = now + timedelta(minutes=rng.randint(-40, 80) if soon else rng.randint(60, 600))
    clock = local(wanted, zone).time()
    if DAY_BEGINS <= clock <= ends:
        return wanted.replace(second=0, microsecond=0)
    day = local_day(wanted, zone) + timedelta(days=1 if clock > ends else 0)
    return at_local(day, time(8, 10 + rng.randint(0, 49)), zone)
