"""The call that an agent holds, or has just ended: the number to dial and the results to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from collector.casework.actions.conversations import SAID_BEFORE_ANYBODY_IS_KNOWN
from collector.casework.views import campaigns, work
from collector.casework.views.talks import Talk
from collector.dispatch.rules import AT_A_DESK, INBOUND_OUTCOMES
from collector.dispatch.tables import InboundCall
from collector.foundation.phone import masked
from collector.history.actions import newest_outcome
from collector.history.rules import Outcome
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.web.session import Caller
from collector.web.templating import Told
from collector.web.words import Words

KEYS = {
    Outcome.no_answer: "1",
    Outcome.busy: "2",
    Outcome.rejected: "3",
    Outcome.switched_off: "4",
    Outcome.wrong_number: "5",
    Outcome.third_party: "6",
    Outcome.right_party: "7",
    Outcome.voicemail: "8",
    Outcome.assistant: "9",
    Outcome.unreachable: "0",
    Outcome.suspended: "w",
    Outcome.vacant: "z",
    Outcome.says_paid: "j",
    Outcome.deceased: "l",
    Outcome.failed: "o",
}
"""Digits of the results that come often, letters of the others."""
RESULTS = (*KEYS, *(one for one in Outcome if one not in KEYS))


CLOSED_UNTIL_VERIFIED = (Outcome.right_party,)
"""Nobody is the right party before it was found out."""


@dataclass(frozen=True)
class Result:
    """A result to choose; closed: shown, and not open yet."""

    value: str
    words: str
    key: str
    closed: bool


@dataclass(frozen=True)
class Call:
    """The call in hand, or the one ended last, whose result may be said again. `number` is whole here, and only here:
    it is to be dialled."""

    base: str
    """The address its forms stand under."""
    inbound: bool
    """They called us."""
    number: str
    caller: str
    reason: str
    """Empty until the person is verified, as are its `parts`."""
    parts: Sequence[tuple[str, str]]
    lease_until: str
    state: str
    said: str
    """The result on record, which another choice corrects."""
    may_ring: bool
    may_release: bool
    may_send: bool
    ring_why_not: str
    outcomes: Sequence[Result]
    say: str = ""
    """What a campaign asks the agent to say; as closed as the reason."""
    recorded: bool = False
    """Whether the sound is kept; the other side is told so."""


def call(session: Session, talk: Talk, caller: Caller, told: Told, *, closed: bool, recorded: bool = False) -> Call:
    """`closed`: the person is not verified, so nothing is said of the debt. `recorded`: calls of the portfolio are."""
    if talk.inbound is not None:
        return replace(_inbound(session, talk.inbound, told, closed=closed), recorded=recorded)
    assert talk.task is not None  # noqa: S101 - a talk is one or the other
    return replace(_ours(session, talk.task, caller, told, closed=closed), recorded=recorded)


def _ours(session: Session, task: Task, caller: Caller, told: Told, *, closed: bool) -> Call:
    t = told.t
    waits = task.state is TaskState.claimed
    has_phone = bool(caller.user and caller.user.phone)
    why_not = "" if has_phone else t("your own phone is not set by an admin: dial by hand")
    ended = work.last_outcome(session, task)
    parts = {} if closed else work.parts_of(task)
    return Call(
        base=f"/tasks/{task.id}",
        inbound=False,
        number=task.number or "" if ended is None else masked(task.number or ""),
        caller=task.caller or "",
        reason="" if closed else t.reason(task.reason),
        parts=[(t.word(name), t.word(str(value))) for name, value in parts.items() if not isinstance(value, dict)],
        lease_until=told.hour(task.lease_until) if task.lease_until and waits else "",
        state=t.word(task.state),
        said=t.word(ended.outcome) if ended is not None else "",
        may_ring=has_phone and waits,
        may_release=waits,
        may_send=not closed and ended is None,
        ring_why_not=why_not if waits else "",
        outcomes=[
            Result(str(one), t.word(one), KEYS.get(one, ""), closed and one in CLOSED_UNTIL_VERIFIED) for one in RESULTS
        ],
        say="" if closed else campaigns.words_of(session, task),
    )


def _inbound(session: Session, call: InboundCall, told: Told, *, closed: bool) -> Call:
    """Somebody called: there is nothing to ring and nothing to give back."""
    t = told.t
    ended = newest_outcome(session, call.attempt_id) if call.attempt_id is not None else None
    return Call(
        base=f"/calls-in/{call.id}",
        inbound=True,
        number=masked(call.from_number),
        caller=call.to_number,
        reason="",
        parts=(),
        lease_until="",
        state=t.word(call.state),
        said=t.word(ended.outcome) if ended is not None else "",
        may_ring=False,
        may_release=False,
        may_send=not closed and call.state in AT_A_DESK,
        ring_why_not="",
        outcomes=results_in(t, closed=closed),
    )


def results_in(t: Words, *, closed: bool, known: bool = True) -> list[Result]:
    """How a call that came in may have gone, by the same digits as a call of ours. `known`: it was chosen who it is."""
    return [
        Result(
            str(one),
            t.word(one),
            KEYS.get(one, ""),
            (closed and one in CLOSED_UNTIL_VERIFIED) or (not known and one not in SAID_BEFORE_ANYBODY_IS_KNOWN),
        )
        for one in INBOUND_OUTCOMES
    ]
