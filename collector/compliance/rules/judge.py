"""May this contact happen? Every rule is asked; all that object are reported (design section 7).

One code path. The earliest permitted moment is searched by asking the same rules again at the moments they offer: an
objection lasts at least as long as it says, so nothing permitted lies between two steps.
"""

from __future__ import annotations

from datetime import UTC, datetime

from collector.compliance.rules.answering import is_answer
from collector.compliance.rules.case import Case
from collector.compliance.rules.contact import Contact, Purpose, Role, Whom
from collector.compliance.rules.policy import Needs, Policy
from collector.compliance.rules.verdict import ALLOWED, Fired, Verdict, verdict_of
from collector.facts.rules import PersonFacts

MOST_STEPS = 120
"""Of the search. Rules offer midnights and openings, so this reaches weeks ahead."""
HORIZON = 400 * 86400
"""Seconds ahead that are searched; what is closed for longer is a standing refusal."""
EVENTS, TOLD, TEXT, UNUSUAL, OURS = (
    need.value for need in (Needs.EVENTS, Needs.TOLD, Needs.TEXT, Needs.UNUSUAL, Needs.OURS)
)
"""Plain numbers: flags are slow to add."""
NONE: frozenset[str] = frozenset()
IN_PERSON = (Role.debtor, Role.co_borrower)
ORDINARY = (Purpose.collect, Purpose.reminder)
_DEBTOR = Whom.debtor
"""A member of an enumeration is slow to look up, here and in the rules that every case is asked."""


def judge(
    contact: Contact, facts: PersonFacts, policy: Policy, at: datetime | int, *, earliest: bool = True
) -> Verdict:
    """The verdict on that contact at that moment (aware, or whole seconds since 1970 UTC).

    `earliest=False` leaves out the search for the next permitted moment. A refusal is temporal when `earliest` is
    given, and standing when it is None.
    """
    moment = at if isinstance(at, int) else int(at.timestamp())
    fired = ask(contact, facts, policy, moment)
    if not fired:
        return ALLOWED
    return verdict_of(fired, _earliest(contact, facts, policy, moment, fired) if earliest else None)


def ask(contact: Contact, facts: PersonFacts, policy: Policy, at: int) -> tuple[Fired, ...]:
    """The rules that object at that second, in order of judging."""
    body = facts.body
    case = Case(contact, facts, policy.setting, at)
    needs = OURS
    if body.events:
        needs += EVENTS + TOLD if case.telling else EVENTS
    if contact.text is not None:
        needs += TEXT
    if contact.role not in IN_PERSON or contact.to_whom is not _DEBTOR or contact.purpose not in ORDINARY:
        needs += UNUSUAL
        if is_answer(case):
            needs -= OURS
    heard = frozenset([mark.mark for mark in body.standing] + list(body.flags)) if body.standing or body.flags else NONE
    fired = []
    for asked in policy.asked(contact.channel, needs, heard):
        function, parameters, _ = asked
        found = function(parameters, case)
        if found is not None:
            fired.append(asked.fire(found))
    return tuple(fired)


def _earliest(
    contact: Contact, facts: PersonFacts, policy: Policy, at: int, fired: tuple[Fired, ...]
) -> datetime | None:
    moment = at
    for _ in range(MOST_STEPS):
        step = step_of(fired)
        if step is None or not moment < step <= at + HORIZON:
            return None
        moment = step
        fired = ask(contact, facts, policy, moment)
        if not fired:
            return datetime.fromtimestamp(moment, UTC)
    return None


def step_of(fired: tuple[Fired, ...]) -> int | None:
    """The moment before which not all of these rules can stop objecting; None: time alone does not help."""
    furthest = 0
    for rule in fired:
        if rule.until is None:
            return None
        furthest = max(furthest, rule.until)
    return furthest
