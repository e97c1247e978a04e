"""Who is on the line: the person without a word about the debt, whether it is them, and which phone may be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from collector.casework.views.account import stops_of
from collector.casework.views.calendar import Calendar, Way
from collector.casework.views.people import Contact, contacts_of
from collector.casework.views.verifying import OnTheLine
from collector.history.rules import Channel, Identifier
from collector.planning.rules import Round, RoundState
from collector.portfolio.queries import person_of
from collector.portfolio.rules import ContactKind, ContactStatus, PartyRole
from collector.portfolio.tables import Account, Portfolio
from collector.web.pages.account_parts import stop_words
from collector.web.pages.strip import look_of
from collector.web.templating import Cell, Table, Told, city, table

ASKED_FIRST = 2
"""Identifiers whose fields stand open; the others follow behind a fold."""
TYPED_AS = {
    Identifier.id_last4: "last four of the ID number",
    Identifier.birth_date: "birth date, YYYYMMDD",
    Identifier.address: "street and number",
    Identifier.employer: "employer",
    Identifier.account_tail: "last four of the account number",
}


@dataclass(frozen=True)
class PhoneLine:
    """A phone of the borrower: may it be called now, and where its 3:3:3 round stands."""

    number: str
    whose: str
    now: str
    kind: str
    last: str
    dots: str
    state: str
    grid: Table


@dataclass(frozen=True)
class Verify:
    """What to ask. `fields`: name in the form and words; those behind the fold are `more`."""

    base: str
    """The address of the call's forms."""
    other: str
    """Where another is chosen, of a call that came in; else empty."""
    needed: int
    tries_left: int
    fields: Sequence[tuple[str, str]]
    more: Sequence[tuple[str, str]]
    would_say: str
    """On the demo floor, where everybody is made up, what the borrower would answer; else empty."""


@dataclass(frozen=True)
class Who:
    name: str
    role: str
    about: str
    their_time: str
    clock: str
    verified: str
    """When they were, in the call in hand."""
    stops: Sequence[str]
    uses: Sequence[tuple[str, str, str]]
    """Used of the cap, of what, and how it looks."""
    phones: Sequence[PhoneLine]


def who(
    session: Session,
    account: Account,
    book: Portfolio,
    seen: Calendar,
    line: OnTheLine | None,
    told: Told,
    now: datetime,
) -> Who:
    """The borrower; in a call with somebody else who owes the account, that person, whose phones are not shown."""
    t, theirs = told.t, Told(told.t, account.timezone or book.timezone)
    is_borrower = line is None or line.talk.person_id == account.person_id
    person = person_of(session, account.person_id if line is None else line.talk.person_id)
    contacts = contacts_of(session, account, account.person_id, {}) if is_borrower else []
    about = (t.word(account.borrower_type), t.word(account.value_tier)) if is_borrower else ()
    return Who(
        name=person.name,
        role=t.word(PartyRole.borrower) if is_borrower else t("owes it with the borrower"),
        about=" · ".join(word for word in about if word),
        their_time=theirs.hour(now),
        clock=city(theirs.zone),
        verified=told.hour(line.passed_at) if line is not None and line.passed_at else "",
        stops=[stop_words(row, told) for row in stops_of(session, person.id or 0)],
        uses=_uses(seen, told) if is_borrower else [],
        phones=[_phone(one, seen, theirs, now) for one in contacts if one.kind is ContactKind.phone],
    )


def verify(line: OnTheLine, told: Told, would_say: Mapping[Identifier, Sequence[str]]) -> Verify:
    t = told.t
    fields = [(one.value, t(TYPED_AS[one])) for one in line.asks]
    inbound, task = line.talk.inbound, line.talk.task
    return Verify(
        f"/calls-in/{inbound.id}" if inbound is not None else f"/tasks/{task.id if task else 0}",
        f"/calls-in/{inbound.id}?other=1" if inbound is not None and inbound.attempt_id is None else "",
        line.needed,
        line.tries_left,
        fields[:ASKED_FIRST],
        fields[ASKED_FIRST:],
        " · ".join(right[0] for right in would_say.values()),
    )


def _uses(seen: Calendar, told: Told) -> list[tuple[str, str, str]]:
    t = told.t
    return [
        (
            f"{one.used}/{one.cap}",
            t.word(one.what) if one.days == 1 else t("{what} in {days} days", what=t.word(one.what), days=one.days),
            "late" if one.used >= one.cap else "",
        )
        for one in seen.uses
    ]


def _phone(one: Contact, seen: Calendar, theirs: Told, now: datetime) -> PhoneLine:
    t = theirs.t
    way = next((way for way in seen.ways if way.point == one.id and way.channel is Channel.call), None)
    words, kind = _now(way, seen, theirs, int(now.timestamp()))
    if one.status is not ContactStatus.active:
        words, kind = t.word(one.status), "late"
    stands = seen.rounds.get(one.id, Round(RoundState.fresh))
    return PhoneLine(
        number=one.shown,
        whose=" · ".join(word for word in (t.word(one.owner), t.word(one.label)) if word),
        now=words,
        kind=kind,
        last=_last(one, stands, theirs),
        dots="●" * len(stands.counted) + "○" * max(0, seen.attempts - len(stands.counted)),
        state=t.word(stands.state),
        grid=_grid(stands, seen, theirs),
    )


def _now(way: Way | None, seen: Calendar, theirs: Told, now: int) -> tuple[str, str]:
    """Whether it may be called at this moment; if not, by which rule and from when it may."""
    t = theirs.t
    if way is None:
        return t("not called"), "dim"
    at = next((one for one in way.stretches if one.start <= now < one.end), None)
    if at is None or not at.rules:
        return t("may be called now"), "good"
    later = next((one.start for one in way.stretches if one.start > now and not one.rules), None)
    title = seen.titles.get(at.rules[0].id, {}).get(t.language, "") or at.rules[0].id
    look = "late" if look_of(at.rules) == "closed" else "look"
    if later is None:
        return title, look
    return t("from {moment}: {rule}", moment=theirs.short(datetime.fromtimestamp(later, UTC)), rule=title), look


def _last(one: Contact, stands: Round, theirs: Told) -> str:
    if stands.calls:
        call = stands.calls[-1]
        at = theirs.short(datetime.fromtimestamp(call.at, UTC))
        times = sum(1 for each in stands.calls if each.outcome is call.outcome)
        return (
            f"{theirs.t.word(call.outcome)} ×{times} · {at}" if times > 1 else f"{theirs.t.word(call.outcome)} · {at}"
        )
    return f"{theirs.t.word(one.last_outcome)} {theirs.short(one.last_at)}".strip()


def _grid(stands: Round, seen: Calendar, theirs: Told) -> Table:
    """Slots by the creditor's numbers: what was called from where, and what is still to be called."""
    t = theirs.t
    spent = {(call.caller, call.slot): call for call in stands.calls}
    callers = list(dict.fromkeys([*(call.caller for call in stands.calls if call.caller), *seen.callers]))[:_WIDE]
    rows: list[Iterable[Cell | str]] = []
    for slot in seen.slots:
        cells = [spent.get((caller, slot)) for caller in callers]
        marks = [Cell(f"● {t.word(call.outcome)}", "wrap") if call is not None else Cell("○", "dim") for call in cells]
        rows.append([Cell(t.word(slot), "dim"), *marks])
    return table(
        [t("Slot"), *(f"··{caller[-4:]}" for caller in callers)],
        [list(row) for row in rows],
        t("No slots are left today."),
    )


_WIDE = 4
"""Caller numbers that fit beside each other."""
