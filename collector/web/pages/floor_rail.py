"""What stands beside the queues, as the floor tells it: complaints, our numbers, missed calls, messages, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.casework.letters.lists import Against
from collector.casework.views.floor import Floor
from collector.casework.views.rail import CallerLine, Complaints
from collector.web.pages import telling
from collector.web.templating import Cell, Table, Told, city, num, table
from collector.web.words import Words

FAILED = frozenset({"undelivered", "refused", "unknown"})
"""How far a message came that did not arrive, or of which nobody knows."""


@dataclass(frozen=True)
class Rail:
    """What stands beside the queues."""

    complaints: Table
    complaints_said: str
    callers: Table
    missed: Sequence[Cell]
    sends: Table
    sends_said: str
    refusals: Table
    held_payments: int
    against: Table
    """Letters that left against the gate's no; without any nothing is said of them."""
    paused: Table
    """Campaigns that wait for a person; without any nothing is said of them."""


def rail(seen: Floor, t: Words) -> Rail:
    sent = sum(count for _, count in seen.sends)
    failed = sum(count for progress, count in seen.sends if progress in FAILED)
    missed = seen.missed
    return Rail(
        complaints=_complaints(seen.complaints, t),
        complaints_said=_open(seen.complaints, t),
        callers=_callers(seen.callers, t),
        missed=[
            Cell(t("{count} today", count=missed.today), "look" if missed.today else "dim"),
            Cell(t("{count} wait for a call back", count=missed.waiting), "look", "/inbox")
            if missed.waiting
            else Cell(t("nobody waits for a call back"), "dim"),
        ],
        sends=table(
            [t("Message"), num(t("Count"))],
            [
                [t.word(progress), num(str(count), "late" if progress in FAILED else "")]
                for progress, count in seen.sends
            ],
            t("No message was sent today. The worker sends what is due."),
        ),
        sends_said=t("{sent} sent, {failed} failed", sent=sent, failed=failed),
        refusals=_refusals(seen, t),
        held_payments=seen.held_payments,
        against=against(seen.against, t),
        paused=table(
            [t("Campaign"), t("Why")],
            [
                [Cell(one.name, "wrap", f"/campaigns/{one.id}"), Cell(t.reason(one.why), "look wrap")]
                for one in seen.paused
            ],
            "",
        ),
    )


def against(rows: Sequence[Against], t: Words) -> Table:
    """Letters that left although the gate said no: which, when, who says so and why."""
    return table(
        [t("Letter"), t("Account"), t("Posted on"), t("Why"), t("By")],
        [
            [
                Cell(one.number, "late", f"/letters/{one.letter_id}"),
                Cell(one.account, "", f"/accounts/{one.account_id}"),
                one.event.on.isoformat(),
                Cell(one.event.why, "wrap"),
                one.event.actor.removeprefix("user:"),
            ]
            for one in rows
        ],
        "",
    )


def _complaints(found: Complaints, t: Words) -> Table:
    return table(
        [t("Account"), t("Answer by")],
        [
            [
                Cell(one.key or t("a person"), "", f"/accounts/{one.account_id}" if one.account_id else ""),
                Cell(one.answer_by.isoformat(), "late" if one.is_late else ""),
            ]
            for one in found.first
        ],
        t("No complaint is open. Agents register them on the account page with m."),
    )


def _open(found: Complaints, t: Words) -> str:
    if found.late:
        return t("{count} open, {late} past their day", count=found.open, late=found.late)
    return t("{count} open", count=found.open)


def _callers(rows: Sequence[CallerLine], t: Words) -> Table:
    return table(
        [t("Number"), num(t("Calls")), num(t("Picked up")), t("State")],
        [
            [
                Cell(one.number, "tel"),
                num(str(one.calls), "" if one.calls else "dim"),
                num(f"{one.answered * 100 // one.calls} %" if one.calls else "·", "" if one.calls else "dim"),
                _state(one, t),
            ]
            for one in rows
        ],
        t("No number is registered. Operations loads the caller numbers of each portfolio."),
    )


def _state(one: CallerLine, t: Words) -> Cell:
    if one.refused:
        return Cell(t("carrier refused {count}", count=one.refused), "look wrap")
    if one.resting_until is not None:
        return Cell(
            t("rests until {moment}", moment=f"{Told(t, one.zone).short(one.resting_until)} {city(one.zone)}"),
            "look wrap",
        )
    return Cell(t("in use"), "dim")


def _refusals(seen: Floor, t: Words) -> Table:
    return table(
        [t("Rule"), num(t("Contacts")), t("Says")],
        [
            [
                Cell(rule, "late", f"/refusals/{rule}"),
                num(str(counts[0])),
                Cell(telling.rule_says(rule, seen.refusals.titles, t), "wide dim"),
            ]
            for rule, counts in seen.refusals.rules
        ],
        t("No contact was refused today."),
    )
