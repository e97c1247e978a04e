"""Who the parties are, and what happened: contacts, messages, promises, letters, visits, approvals, limitation."""

from __future__ import annotations

from collections.abc import Iterator

from collector.dispatch.tables import InboundMessage
from collector.history.rules import Channel, DocumentKind
from collector.history.tables import Attempt, Document
from collector.law.rules import OF_OTHER_TABLES, Clock, Happening
from collector.legal.casefile.reading import Somebody
from collector.legal.casefile.telling.money import closing
from collector.legal.casefile.telling.parts import SMALLER, TINY, Part, Told, day, facts, note, table
from collector.portfolio.rules import ContactKind, PaymentKind, PaymentState
from collector.terms.tables import Terms

PAPERS = (DocumentKind.letter, DocumentKind.letter_receipt, DocumentKind.letter_returned)


def parties(told: Told) -> list[Part]:
    """Who owes, in full; anybody else masked."""
    owing = [one for one in told.material.people if one.owes]
    others = [one for one in told.material.people if not one.owes]
    parts = [_party(told, one) for one in owing]
    if others:
        rows = [[told.person(one.person.id)] for one in others]
        parts.append(table([told.words("third_parties")], rows, [1]))
    return parts


def _party(told: Told, one: Somebody) -> Part:
    words, number = told.words, one.person.id
    points = [row for row in told.material.points if row.person_id == number]
    addresses = [row.value for row in points if row.kind is ContactKind.address]
    phones = [told.phone(row.value, number, row.id) for row in points if row.kind is ContactKind.phone]
    rows = [
        (words("role"), words.of("party", one.role)),
        (words("name"), one.person.name),
        (words("id_number"), one.id_no or words("not_said")),
        (words("addresses"), "; ".join(addresses) or words("not_said")),
        (words("phones"), ", ".join(phones) or words("not_said")),
    ]
    if one.party is not None and one.party.guarantee_kind is not None:
        until = one.party.guarantee_until
        term = f", {words('until')} {day(until)}" if until else ""
        rows.append((words("guarantee"), words.of("guarantee_kind", one.party.guarantee_kind) + term))
    return facts(rows)


def contacts(told: Told) -> list[Part]:
    """Every one, with its time, number and outcome."""
    words, rows = told.words, [_contact(told, row) for row in told.material.attempts]
    if not rows:
        return []
    head = words.many(
        "number", "time", "to_whom", "channel_title", "direction_title", "phone", "caller", "outcome_title"
    )
    return [
        note(words("counted", count=str(len(rows)))),
        *_sounds(told),
        table([*head, words("recording")], rows, [0, 0, 5, 2, 3, 4, 4, 4, 0], size=SMALLER),
    ]


def _sounds(told: Told) -> Iterator[Part]:
    """Whether the recordings lie beside, or are only named."""
    if told.material.recordings:
        with_them = told.words("recordings_beside") if told.sounds else told.words("recordings_named")
        yield note(with_them)


def _contact(told: Told, row: Attempt) -> list[str]:
    words, number = told.words, row.id or 0
    outcome, delivery = told.material.outcomes.get(number), told.material.deliveries.get(number)
    sent, heard = told.material.submissions.get(number), told.material.recordings.get(number)
    ended = words.of("outcome", outcome.outcome) if outcome else ""
    if outcome and outcome.seconds:
        ended = f"{ended}, {outcome.seconds} s"
    if not ended and row.channel is Channel.sms:
        ended = words.of("progress", "delivered" if delivery else sent.progress if sent else None)
    return [
        str(number),
        told.time(row.at),
        told.person(row.person_id),
        words.of("channel", row.channel),
        words.of("direction", row.direction),
        told.phone(row.number, row.person_id, row.contact_point_id),
        row.caller or "",
        ended,
        told.sound(heard),
    ]


def messages(told: Told) -> list[Part]:
    """Texts as they were sent, with what the carrier reported, and what they wrote."""
    words = told.words
    rows = [_message(told, row) for row in told.material.attempts if row.channel is Channel.sms and row.text]
    parts = []
    if rows:
        parts.append(table(words.many("time", "to_whom", "text", "receipt"), rows, [0, 3, 8, 4], size=SMALLER))
    came = [_received(told, row) for row in told.material.received]
    if came:
        head = words.many("time", "to_whom", "phone", "text")
        parts.append(table(head, came, [0, 2, 2, 6], title=words("received"), size=SMALLER))
    return parts


def _message(told: Told, row: Attempt) -> list[str]:
    words, number = told.words, row.id or 0
    sent, delivery = told.material.submissions.get(number), told.material.deliveries.get(number)
    receipt = []
    if sent is not None:
        receipt = [words.of("progress", sent.progress), told.time(sent.updated_at), sent.sid or ""]
    if delivery is not None:
        receipt = [words.of("progress", "delivered"), told.time(delivery.at), *receipt[2:]]
    one = told.material.somebody(row.person_id)
    text = (row.text or "") if one is not None and one.owes else words("withheld")
    return [told.time(row.at), told.person(row.person_id), text, " ".join(part for part in receipt if part)]


def _received(told: Told, row: InboundMessage) -> list[str]:
    one = told.material.somebody(row.person_id)
    text = row.body if one is not None and one.owes else told.words("withheld")
    return [told.time(row.at), told.person(row.person_id), told.phone(row.from_number, row.person_id), text]


def promises(told: Told) -> list[Part]:
    words = told.words
    rows = [
        [
            str(row.id),
            told.time(row.made_at),
            told.person(row.person_id),
            told.money(row.amount),
            told.time(row.due_at),
            words.of("promise", row.state),
            told.money(row.paid),
        ]
        for row in told.material.promises
        if row.withdrawn_because is None
    ]
    head = words.many("number", "time", "promised_by", "amount", "due_at", "state", "paid")
    return [table(head, rows, [0, 0, 3, 2, 0, 2, 2], right=[3, 6])] if rows else []


def visits(told: Told) -> list[Part]:
    words = told.words
    rows = [
        [told.time(row.at), told.person(row.person_id), row.text or ""]
        for row in told.material.attempts
        if row.channel is Channel.visit
    ]
    return [table(words.many("time", "to_whom", "report"), rows, [0, 2, 6])] if rows else []


def approvals(told: Told) -> list[Part]:
    """What two people agreed to, when contact was held, and what was disputed."""
    words, parts = told.words, []
    if terms := [_terms(told, row) for row in told.material.terms]:
        parts.append(
            table(
                words.many("time", "agreed", "total", "waived", "due_at", "state"),
                terms,
                [3, 3, 2, 2, 2, 2],
                right=[2, 3],
            )
        )
    parts += closing(told)
    agreed = [[row.subject, row.maker, row.checker or "", told.time(row.decided_at)] for row in told.material.approvals]
    if agreed:
        parts.append(table(words.many("subject", "maker", "checker", "decided_at"), agreed, [3, 2, 2, 2]))
    held = [
        [told.time(row.at), words.of("hold", row.reason), told.time(row.lifted_at or row.until)]
        for row in told.material.holds
    ]
    if held:
        parts.append(table(words.many("time", "reason", "until"), held, [2, 4, 2], title=words("holds")))
    disputed = [[told.time(row.at), row.reason, told.time(row.answered_at)] for row in told.material.disputes]
    if disputed:
        parts.append(table(words.many("time", "reason", "answered"), disputed, [2, 6, 2], title=words("disputes")))
    return parts


def _terms(told: Told, row: Terms) -> list[str]:
    return [
        told.time(row.proposed_at),
        told.words.of("terms_kind", row.kind),
        told.money(row.total),
        told.money(row.waived.total),
        day(row.due_on),
        told.words.of("terms_state", row.state),
    ]


def limitation(told: Told) -> list[Part]:
    """When rights end by law, and what may have moved that, in order of time, with its evidence."""
    words, parts = told.words, []
    if ends := [_end(told, clock) for clock in told.material.clocks.clocks]:
        parts.append(table(words.many("right", "ends_on", "source"), ends, [4, 2, 6]))
    rows = sorted([*_money_events(told), *_contact_events(told), *_papers(told), *_recorded(told)])
    if rows:
        events = [[at, words.of("limit", what), proof] for at, what, proof in rows]
        parts.append(table(words.many("time", "event", "proof"), events, [2, 3, 6]))
    return [note(words("limitation_note")), *parts] if parts else []


def _end(told: Told, clock: Clock) -> list[str]:
    """The date by law. What a cautious reader would fear is for counsel's eyes, and stays here."""
    whose = f": {told.person(clock.person_id)}" if clock.person_id is not None else ""
    return [
        told.words.of("clock", clock.kind) + whose,
        day(clock.legal_on),
        f"{clock.source.source_in(told.words.language)} ({clock.source.rule})",
    ]


Event = tuple[str, str, str]


def _money_events(told: Told) -> Iterator[Event]:
    for row in told.material.payments:
        if row.kind is PaymentKind.payment and row.state is PaymentState.applied:
            yield told.time(row.paid_at), "payment", f"{told.money(row.amount)}, {row.reference}"
    for promise in told.material.promises:
        if promise.withdrawn_because is None:
            yield (
                told.time(promise.made_at),
                "promise",
                f"{told.money(promise.amount)}, {told.words('promise_no', number=str(promise.id))}",
            )


def _contact_events(told: Told) -> Iterator[Event]:
    for row in told.material.attempts:
        one = told.material.somebody(row.person_id)
        delivery = told.material.deliveries.get(row.id or 0)
        if one is None or not one.owes:
            continue
        contact = told.words("contact_no", number=str(row.id))
        if delivery is not None:
            yield told.time(delivery.at), "message_delivered", contact
        if row.channel is Channel.visit:
            yield told.time(row.at), "visit", contact


def _recorded(told: Told) -> Iterator[Event]:
    """What was recorded of the clocks itself, without what was struck; why a clock was let go is counsel's matter."""
    events = told.material.clocks.events
    struck = {one.about for one in events if one.kind is Happening.struck}
    for one in events:
        is_ours = one.kind in (Happening.struck, Happening.let_go) or one.number in struck
        if one.kind not in OF_OTHER_TABLES and not is_ours:
            yield day(one.on), one.kind.value, _evidence(told, one.evidence)


def _evidence(told: Told, evidence: str) -> str:
    """What it rests on, and where a paper is among the exhibits."""
    number = evidence.removeprefix("document:")
    exhibit = told.exhibit(int(number)) if number != evidence and number.isdigit() else ""
    return f"{evidence} ({exhibit})" if exhibit else evidence


def _papers(told: Told) -> Iterator[Event]:
    for one in told.exhibits:
        paper: Document = one.document
        if paper.kind in PAPERS:
            yield day(paper.dated_on), "letter", f"{told.words('exhibit')} {one.number}: {paper.name}"


def integrity(told: Told) -> list[Part]:
    """Every entry of the audit about these records, with its place in the chain."""
    words, point = told.words, told.material.checkpoint
    rows = [
        [
            str(link.entry.id),
            told.time(link.entry.at),
            link.entry.actor,
            link.entry.action,
            link.entry.subject,
            words("unsealed") if link.position is None else str(link.position),
            link.hash,
        ]
        for link in told.material.audit
    ]
    parts = [note(words("chain_note")), note(words("verify"))]
    if point is not None:
        parts.append(note(words("checkpoint", position=str(point.position), hash=point.hash)))
    if rows:
        head = words.many("entry", "time", "actor", "action", "subject", "position", "hash")
        parts.append(table(head, rows, [0, 0, 2, 3, 3, 0, 0], size=TINY))
    return parts
