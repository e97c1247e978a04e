"""The sections of an account page as tables: nothing is decided here, only told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from collector.casework.views.account import AccountView, FailedDebit, Mark
from collector.casework.views.find import Line
from collector.casework.views.people import Beside, Contact
from collector.casework.views.timeline import Happening
from collector.foundation.clock import parse_moment
from collector.history.rules import PromiseState
from collector.planning.rules import SHORTFALL_REASON
from collector.portfolio.rules import ContactStatus, PaymentState
from collector.web.templating import Cell, Table, Told, num, table
from collector.web.words import Words

SHORTFALLS = {limit.value: words for limit, words in SHORTFALL_REASON.items()}
MARKS = {Mark.paid: "good", Mark.paid_late: "dim", Mark.part_paid: "look", Mark.late: "late", Mark.due_today: "look"}
PROMISES = {PromiseState.kept: "good", PromiseState.broken: "late", PromiseState.partial: "look"}


def standing(view: AccountView, told: Told) -> list[tuple[str, Cell]]:
    """Where the account stands, as pairs."""
    t, now = told.t, view.standing
    late = "late" if now.days_past_due else ""
    pairs = [
        (t("Days past due"), num(str(now.days_past_due), late)),
        (t("Bucket"), Cell(now.bucket)),
        (t("Overdue"), num(told.money(now.overdue), "late" if now.overdue else "")),
        (t("Owed in all"), num(told.money(now.owed))),
        (t("Late since"), Cell(told.day(now.oldest_unpaid_due) or "—")),
        (t("Next instalment"), Cell(_next(view, told))),
        (t("Missed in a row / ever"), num(f"{now.missed_consecutive} / {now.missed_cumulative}")),
        (t("Asset class"), Cell(t.word(now.asset_class))),
        (t("Queue"), Cell(now.segment)),
        (t("Level"), Cell(t.word(now.level))),
    ]
    if view.failed_debit is not None:
        pairs.append((t("Direct debit"), Cell(_failed(view.failed_debit, told), "late wrap")))
    if now.settled:
        pairs.insert(0, (t("State"), Cell(t("Settled: nothing is owed"), "good")))
    return pairs


def _failed(debit: FailedDebit, told: Told) -> str:
    t = told.t
    words = t("failed {day}: {why}", day=f"{debit.on:%m-%d}", why=t.word(debit.why))
    return f"{words} · {t('{count} in a row', count=debit.in_a_row)}" if debit.in_a_row > 1 else words


def accounts(lines: Sequence[Line], here: int, t: Words) -> Table:
    """The person's accounts; the one that is open is no link."""
    return table(
        [t("Account"), t("Product"), t("Bucket"), num(t("Days past due")), num(t("Overdue")), num(t("Owed"))],
        [
            [
                Cell(one.key, "here") if one.id == here else Cell(one.key, "", f"/accounts/{one.id}"),
                one.product,
                one.bucket,
                num(str(one.days_past_due), "late" if one.days_past_due else ""),
                num(Told(t, "UTC", one.currency).money(one.overdue), "late" if one.overdue else ""),
                num(Told(t, "UTC", one.currency).money(one.owed)),
            ]
            for one in lines
        ],
        t("No account."),
    )


def _next(view: AccountView, told: Told) -> str:
    now = view.standing
    return f"{told.day(now.next_due_on)} · {told.money(now.next_due_amount)}" if now.next_due_on else "—"


def schedule(view: AccountView, told: Told) -> Table:
    t = told.t
    return table(
        ["#", t("Due"), num(f"{t('Amount')} {told.currency}"), num(t("Paid")), t("Mark")],
        [
            [
                str(line.number),
                told.day(line.due_on),
                num(told.figure(line.amount)),
                num(told.figure(line.paid)),
                Cell(t.word(line.mark), MARKS.get(line.mark, "")),
            ]
            for line in view.schedule
        ],
        t("No schedule was loaded: lateness is as the creditor reported it."),
    )


def payments(view: AccountView, told: Told) -> Table:
    t = told.t
    kinds = {PaymentState.reversed: "late", PaymentState.applied: "good"}
    return table(
        [t("Paid"), t("Kind"), num(f"{t('Amount')} {told.currency}"), t("State"), t("Reference")],
        [
            [
                told.moment(row.paid_at),
                t.word(row.kind),
                num(told.figure(row.amount)),
                Cell(t.word(row.state), kinds.get(row.state, "dim")),
                Cell(row.reference, "dim code"),
            ]
            for row in view.payments
        ],
        t("No payment yet. Payments come with the payment files that operations loads."),
    )


def promises(view: AccountView, told: Told) -> Table:
    t = told.t
    return table(
        [t("Due"), num(f"{t('Amount')} {told.currency}"), num(t("Paid")), t("State"), t("Made"), t("By")],
        [
            [
                told.moment(row.due_at),
                num(told.figure(row.amount)),
                num(told.figure(row.paid)),
                Cell(t.word(row.state), PROMISES.get(row.state, "")),
                told.moment(row.made_at),
                t.word(row.promised_by),
            ]
            for row in view.promises
        ],
        t("No promise yet. Log one with p."),
    )


def people(everyone: Sequence[Beside], told: Told) -> Table:
    t = told.t
    return table(
        [t("Who"), t("Stands as"), t("Contact"), t("Whose"), t("State"), t("3:3:3"), t("Last")],
        [row for one in everyone for row in _person(one, told)],
        t("Nobody is named."),
    )


def _person(one: Beside, told: Told) -> Iterable[list[Cell | str]]:
    t = told.t
    role = t.word(one.role) + ("" if one.owes else f" · {t('owes nothing')}")
    if not one.contacts:
        yield [one.name, role, Cell(t("no contact point of this portfolio"), "dim"), "", "", "", ""]
    for number, contact in enumerate(one.contacts):
        yield ["" if number else one.name, Cell("" if number else role, "wrap"), *_contact(contact, told)]


def _contact(contact: Contact, told: Told) -> list[Cell | str]:
    t = told.t
    last = f"{t.word(contact.last_outcome)} {told.short(contact.last_at)}".strip()
    state = "" if contact.status is ContactStatus.active else "late"
    return [
        Cell(contact.shown, "tel"),
        Cell(f"{t.word(contact.owner)} · {t.word(contact.label)}", "wrap"),
        Cell(t.word(contact.status), state),
        Cell("●" * contact.round, "dim"),
        Cell(last, "wrap"),
    ]


def happened(told_of: Iterable[Happening], told: Told) -> Table:
    t = told.t
    rows: list[list[Cell | str]] = []
    for one in told_of:
        parts = [
            told.money(one.amount) if one.amount is not None else "",
            t("until {moment}", moment=told.moment(one.due_at)) if one.due_at else "",
            one.number,
            f"← {one.caller}" if one.caller else "",
            *(t.word(word) for word in one.said),
        ]
        words = " · ".join(part for part in parts if part)
        rows.append(
            [
                told.moment(one.at),
                t.word(one.what),
                t.word(one.how),
                Cell(words, "wrap"),
                _heard(one),
                Cell(one.who.removeprefix("user:"), "dim"),
            ]
        )
    empty = t("Nothing happened yet. Contacts, payments, promises and stops appear here.")
    return table([t("When"), t("What"), t("How"), t("Details"), t("Words"), t("By")], rows, empty)


def _heard(one: Happening) -> Cell:
    """What was written, or the recording of the call."""
    if one.recording is None:
        return Cell(one.text, "wrap")
    number, seconds = one.recording
    return Cell(f"▶ {seconds // 60:02}:{seconds % 60:02} {one.text}".strip(), "wrap", f"/recordings/{number}")


def why(document: Mapping[str, Any], told: Told) -> Table:
    """The decision table's rows, asked in order, until one matched."""
    t = told.t
    return table(
        [t("Rule"), t("What it said")],
        [
            [Cell(rule["id"], "good" if rule.get("matched") else "dim"), _tried(rule, told)]
            for rule in document["rules"]
        ],
        t("No rule spoke."),
    )


def _tried(rule: Mapping[str, Any], told: Told) -> Cell:
    return Cell(told.t("matched"), "good") if rule.get("matched") else Cell(rule["reason"], "dim")


def coming(document: Mapping[str, Any], told: Told) -> Table:
    t = told.t
    return table(
        [t("Channel"), t("Purpose"), t("From"), t("Until"), t("Why")],
        [
            [
                t.word(one["channel"]),
                t.word(one["purpose"]),
                told.moment(_at(one["not_before"])),
                told.moment(_at(one["not_after"])),
                Cell(t.reason(one["reason"]), "wide"),
            ]
            for one in document["next"]
        ],
        t("Nothing is due. The next step follows from the cadence, a due date or a promise."),
    )


def refused(document: Mapping[str, Any], told: Told) -> Table:
    """What may not happen now: by which rules, and when next."""
    t = told.t
    return table(
        [t("Channel"), t("Purpose"), t("Closed by"), t("Reason"), t("Next lawful time")],
        [
            [
                t.word(one["channel"]),
                t.word(one["purpose"]),
                Cell(", ".join(rule["id"] for rule in one["rules"]), "late wide"),
                Cell("; ".join(t.reason(rule["reason"]) for rule in one["rules"]), "wide"),
                told.moment(_at(one["earliest"])) or t("not while this stands"),
            ]
            for one in document["refused"]
        ],
        t("Nothing was refused."),
    )


def rule_says(rule: str, titles: Mapping[str, Mapping[str, str]], t: Words) -> str:
    """What a rule asks for; a limit of our own, such as no phone to call, says why."""
    short = SHORTFALLS.get(rule)
    return t.reason(short) if short else titles.get(rule, {}).get(t.language, "")


def passed(document: Mapping[str, Any], told: Told) -> list[str]:
    """What was due and not done without a rule against it."""
    t = told.t
    return [
        " · ".join(part for part in (t.word(one["channel"]), t.word(one["purpose"]), t.word(one["why"])) if part)
        for one in document.get("passed", [])
    ]


def _at(text: str | None) -> datetime | None:
    return parse_moment(text) if text else None
