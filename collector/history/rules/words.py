"""The words of what happens: outcomes, stops, promises, and how each may move (handbook 6-8)."""

from __future__ import annotations

from enum import StrEnum

from collector.foundation.errors import Conflict


class Channel(StrEnum):
    call = "call"
    sms = "sms"
    email = "email"
    letter = "letter"
    visit = "visit"


class Direction(StrEnum):
    outbound = "outbound"
    inbound = "inbound"


class Outcome(StrEnum):
    """How a call ended (design section 8). SMS attempts carry none: delivery words belong to the message."""

    no_answer = "no_answer"
    voicemail = "voicemail"
    assistant = "assistant"
    busy = "busy"
    rejected = "rejected"
    switched_off = "switched_off"
    suspended = "suspended"
    vacant = "vacant"
    unreachable = "unreachable"
    wrong_number = "wrong_number"
    third_party = "third_party"
    right_party = "right_party"
    says_paid = "says_paid"
    deceased = "deceased"
    failed = "failed"


DEAD = frozenset({Outcome.no_answer, Outcome.switched_off, Outcome.suspended, Outcome.vacant, Outcome.unreachable})
"""Outcomes that count for 3:3:3: the phone may be lost."""

ALIVE = frozenset({Outcome.assistant, Outcome.busy, Outcome.rejected})
"""A live phone whose owner does not talk: avoiding, not lost (handbook section 6)."""

ANSWERED = frozenset(
    {Outcome.right_party, Outcome.third_party, Outcome.wrong_number, Outcome.says_paid, Outcome.deceased}
)
"""Somebody answered: an *effective* call for the caps that count answers. A death told to us was told by someone."""

CONVERSATION = frozenset({Outcome.right_party, Outcome.says_paid})
"""A talk with the person themselves: it ends a 3:3:3 round."""

NOT_PLACED = frozenset({Outcome.failed})
"""A failure in our own system: it counts for nothing."""


class StopKind(StrEnum):
    """Why a person may not be contacted. `opt_out` is for a channel (and number); the others for everything."""

    opt_out = "opt_out"
    cease = "cease"
    attorney = "attorney"
    bankruptcy = "bankruptcy"
    deceased = "deceased"
    vulnerable = "vulnerable"
    breathing_space = "breathing_space"
    hardship = "hardship"
    employer_forbids = "employer_forbids"
    contact_refused = "contact_refused"


class HoldScope(StrEnum):
    account = "account"
    person = "person"
    segment = "segment"
    portfolio = "portfolio"
    everything = "everything"


class HoldReason(StrEnum):
    says_paid = "says_paid"
    complaint = "complaint"
    supervisor = "supervisor"
    moratorium = "moratorium"
    restored = "restored"
    brake = "brake"
    """Something new went wrong with the first who met it."""


class Proof(StrEnum):
    """What came of looking for the money of somebody who says it is paid. `not_said`: the word itself was a mistake."""

    found = "found"
    not_found = "not_found"
    not_said = "not_said"


class Standing(StrEnum):
    """What a person said or asked for that goes on being true: kept with its time, read by the gate."""

    consent = "consent"
    revoked = "revoked"
    preference = "preference"
    agreement = "agreement"
    verification_sent = "verification_sent"
    validation_due = "validation_due"
    """The debt came without proof that its validation notice was sent."""
    validation_notice = "validation_notice"
    number_checked = "number_checked"
    """A database says that the number was not given to somebody else."""
    mental_health_crisis = "mental_health_crisis"
    withdrawn = "withdrawn"
    """Another row of these holds no longer: the person changed their mind, or it was noted in error."""


OF_ONE_DEBT = frozenset({Standing.verification_sent, Standing.validation_due, Standing.validation_notice})
"""What is said of the account it was told about; everything else holds for all of the person's."""


class PromiseState(StrEnum):
    open = "open"
    partial = "partial"
    kept = "kept"
    broken = "broken"
    withdrawn = "withdrawn"


PROMISE_MOVES: dict[PromiseState, frozenset[PromiseState]] = {
    PromiseState.open: frozenset(
        {PromiseState.partial, PromiseState.kept, PromiseState.broken, PromiseState.withdrawn}
    ),
    PromiseState.partial: frozenset(
        {PromiseState.open, PromiseState.kept, PromiseState.broken, PromiseState.withdrawn}
    ),
    PromiseState.broken: frozenset({PromiseState.kept}),
    PromiseState.kept: frozenset({PromiseState.open, PromiseState.partial, PromiseState.broken}),
    PromiseState.withdrawn: frozenset(),
}
"""Broken → kept on a payment dated in time; kept → anything only when the payment is reversed (design section 3)."""


class RoundEnd(StrEnum):
    """How a 3:3:3 round of a phone ended."""

    given_up = "given_up"
    reached = "reached"
    avoiding = "avoiding"
    found = "found"
    """The number was verified again: the next round starts fresh."""


class Cause(StrEnum):
    """Why people do not pay (handbook section 7)."""

    careless = "careless"
    short_of_funds = "short_of_funds"
    ability_collapsed = "ability_collapsed"
    sudden_loss = "sudden_loss"
    business_stopped = "business_stopped"
    over_indebted = "over_indebted"
    illness_or_death = "illness_or_death"
    disappeared = "disappeared"
    suspected_fraud = "suspected_fraud"
    """Marked for a report; who decides on one is the legal team (handbook section 8)."""
    refuses = "refuses"
    disputes = "disputes"
    unknown = "unknown"


class Willingness(StrEnum):
    willing = "willing"
    wavering = "wavering"
    unwilling = "unwilling"
    unknown = "unknown"


class Ability(StrEnum):
    able = "able"
    soon = "soon"
    unable = "unable"
    unknown = "unknown"


def move_promise(now: PromiseState, to: PromiseState) -> PromiseState:
    """The next state of a promise, or a `Conflict` when that move does not exist."""
    if to not in PROMISE_MOVES[now]:
        raise Conflict(f"a promise that is {now} can not become {to}; open the page again")
    return to
