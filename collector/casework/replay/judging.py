"""One past contact before the gate of its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from collector.casework.replay.reading import Allowed, Chunk, Gates, WideHolds, task_of
from collector.compliance.rules import Answer, Contact, Fired, NumberKind, Policy, Role, judge
from collector.dispatch.rules import facts_mac, speaker
from collector.dispatch.rules.ask import ROLES
from collector.facts.rules import PersonFacts, build_person
from collector.facts.rules.hindsight import Hindsight, as_known, before_contact
from collector.facts.rules.records import AttemptRecord, Records
from collector.history.rules import Channel
from collector.history.tables import Attempt
from collector.planning.rules import Purpose, gate_purpose


class Standing(StrEnum):
    """How a past contact stands."""

    lawful = "lawful"
    unlawful = "unlawful"
    """The gate of its time forbids it on what was written down by then."""
    ungated = "ungated"
    """It was made for a task, and no verdict that allowed it is on record; or a letter left against a no."""
    known_later = "known_later"
    """Lawful by what was known then; what was written down later forbids it."""
    taken_over = "taken_over"
    """Unlawful, and not ours: a file brought it, after it had happened."""
    before = "before"
    """From before any gate was known for its portfolio: a book that was taken over brought it."""
    unjudged = "unjudged"
    """The gate of its time is on record, and this program can not read it; nothing is guessed."""
    answer = "answer"
    """Our automatic answer to the person's own message: sent with its receipt, without a task."""


SENT_AS_TEXT = frozenset({Channel.sms, Channel.email})
"""What is on record of a letter, a visit or a call is a note about it, not what was said."""
BREACHES = frozenset({Standing.unlawful, Standing.ungated})
"""What should not have happened."""


@dataclass(frozen=True, slots=True)
class Found:
    """The standing of one contact. `pack`: of the gate that judged it; `same_facts`: whether the records still give
    the facts on which it was let through (None: not known)."""

    standing: Standing
    at: datetime
    pack: str | None = None
    rules: tuple[Fired, ...] = ()
    why: str = ""
    same_facts: bool | None = None


HELD = (Fired("HOUSE-HOLD", Answer.deny, "contact was on hold here", "house"),)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the contacts of one chunk of people.

    What bears the same second as a contact is taken to have come after it, but for earlier contacts: a call that is
    answered with a stop must not be forbidden by it.
    """

    records: Records
    seen: Hindsight
    chunk: Chunk
    gates: Gates
    holds: WideHolds

    def look(self, contact: Attempt) -> Found:
        """The moment that counts is that of the verdict which let it happen: an agent who dials by hand writes the call
        down when it has ended."""
        if contact.natural_key.startswith("reply:"):
            return Found(Standing.answer, contact.at)
        if contact.natural_key.startswith("letter:"):
            return Found(Standing.ungated, contact.at, why="it left against the gate's no, as is noted with the letter")
        task = task_of(contact)
        allowed = self._allowed(task, contact)
        if task is not None and allowed is None:
            return Found(Standing.ungated, contact.at, why="no verdict that allowed it is on record")
        at = int(contact.at.timestamp()) if allowed is None else allowed.at
        moment = datetime.fromtimestamp(at, UTC)
        digest = allowed.policy if allowed is not None else self.gates.in_use(contact.portfolio_id, at)
        if digest is None:
            return Found(Standing.before, moment)
        policy = self.gates.policy(digest)
        if isinstance(policy, str):
            return Found(Standing.unjudged, moment, why=f"the gate {digest[:16]}: {policy}")
        return self._judged(contact, policy, moment, allowed)

    def _allowed(self, task: int | None, contact: Attempt) -> Allowed | None:
        at = int(contact.at.timestamp())
        verdicts: Sequence[Allowed] = self.chunk.allowed.get(task, ()) if task is not None else ()
        return next((one for one in reversed(verdicts) if one.at <= at), None)

    def _judged(self, contact: Attempt, policy: Policy, moment: datetime, allowed: Allowed | None) -> Found:
        template, segment = self.chunk.tasks.get(task_of(contact) or 0, (None, None))
        if self.holds.is_held(contact.portfolio_id, segment, moment):
            return Found(Standing.unlawful, moment, policy.name, HELD)
        at, person_id = int(moment.timestamp()), contact.person_id
        then = at - 1
        before = datetime.fromtimestamp(then, UTC)
        record = next(row for row in self.records.attempts[person_id] if row.id == contact.id)
        now_known = before_contact(self.records, self.seen, person_id, record, then)
        known = build_person(as_known(now_known, self.seen, person_id, then), person_id, before).facts
        by = allowed.by if allowed is not None else contact.actor
        rules = self._ask(contact, record, known, policy, at, template, by)
        if rules:
            is_ours = contact.id not in self.seen.taken_over
            same = allowed.facts == facts_mac(self.chunk.salts[person_id], known) if allowed is not None else None
            standing = Standing.unlawful if is_ours else Standing.taken_over
            return Found(standing, moment, policy.name, rules, same_facts=same)
        facts = build_person(now_known, person_id, before).facts
        rules = () if facts == known else self._ask(contact, record, facts, policy, at, template, by)
        return Found(Standing.known_later if rules else Standing.lawful, moment, policy.name, rules)

    def _ask(
        self,
        contact: Attempt,
        record: AttemptRecord,
        facts: PersonFacts,
        policy: Policy,
        at: int,
        template: str | None,
        by: str,
    ) -> tuple[Fired, ...]:
        asked = contact_of_record(contact, facts, self.records.books[record.portfolio_id].collector, template, by)
        return judge(asked, facts, policy, at, earliest=False).rules


def contact_of_record(
    contact: Attempt, facts: PersonFacts, collector: int, template: str | None, by: str = ""
) -> Contact:
    """A contact on record as the gate is asked about one."""
    account = next((one for one in facts.accounts if one.account_id == contact.account_id), None)
    phone = next((one for one in facts.body.phones if one.id == contact.contact_point_id), None)
    phone = phone or next((one for one in facts.body.phones if one.number == contact.number), None)
    purpose = Purpose(contact.purpose) if contact.purpose in Purpose.__members__ else Purpose.collect
    number = phone.number if phone is not None else contact.number
    return Contact(
        contact.channel,
        tuple(contact.debts),
        collector,
        ROLES.get(account.role, Role.contact) if account is not None else Role.contact,
        number,
        NumberKind(phone.label) if phone is not None and phone.label in NumberKind.__members__ else None,
        gate_purpose(purpose, account.overdue if account is not None else 0),
        phone=phone,
        text=contact.text if contact.channel in SENT_AS_TEXT else None,
        template=template,
        by=speaker(purpose, facts, contact.account_id or 0, by),
    )
