"""Matters on lists: beside the legal queue, in the court calendar, by counsel; and the cells that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from collector.casework.views.matters import Beside, CounselLine, CourtDay, Running
from collector.foundation.clock import local
from collector.history.rules import ReferralState
from collector.legal.matters.rules import DateEnd, MatterOutcome, MatterStage
from collector.legal.matters.tables import CourtDate
from collector.web.templating import Cell, Choice, Table, Told, city, num, table
from collector.web.words import Words

URGENT, NEAR = 1, 7
"""Days from which a day at court is red, or amber."""
LONG = 90
"""Days after which a matter that nobody touched is red; after a third of them amber."""


def days_look(days: int) -> str:
    return "late" if days <= URGENT else "look" if days <= NEAR else ""


def date_cells(row: CourtDate, t: Words) -> list[Cell | str]:
    when = f"{when_of(row)} {city(row.zone)}"
    return [when, t.word(row.kind), Cell(row.what, "wrap"), Cell(row.place, "wrap"), row.who]


def when_of(row: CourtDate) -> str:
    return f"{local(row.at, row.zone):%Y-%m-%d %H:%M}"


def matter_word(value: StrEnum, t: Words) -> str:
    """A word of matters, where it means something else than elsewhere."""
    own = {
        MatterStage.closed.value: t("matter closed"),
        MatterStage.enforcement.value: t("being enforced"),
        MatterOutcome.settled.value: t("settled by agreement"),
        MatterOutcome.withdrawn.value: t("suit withdrawn"),
        DateEnd.moved.value: t("moved to another day"),
        DateEnd.missed.value: t("missed: too late"),
    }
    return own.get(value.value) or t.word(value)


def matter_choices(t: Words, words: type[StrEnum]) -> list[Choice]:
    """Each of them, to choose from."""
    return [Choice(one.value, matter_word(one, t)) for one in words]


def money_head(t: Words) -> list[Cell]:
    """The columns of what a matter came to."""
    names = [t("Claimed"), t("Awarded"), t("Recovered"), t("of it after the judgment"), t("Award still open")]
    return [num(name) for name in [*names, t("Costs"), t("of it on the account"), t("Net")]]


def beside_head(t: Words) -> list[Cell | str]:
    """What the legal list adds for matters."""
    return [t("Stage"), t("Court"), t("Next day at court"), t("Counsel")]


def beside_cells(one: Beside | None, t: Words) -> list[Cell | str]:
    if one is None:
        return ["", "", "", ""]
    day = when_of(one.next) if one.next else ""
    return [matter_word(one.matter.stage, t), one.matter.court, day, one.matter.counsel]


def calendar_table(days: Sequence[CourtDay], t: Words) -> Table:
    """The court calendar, one line for each day that has not ended."""
    head: list[Cell | str] = [num(t("Days left")), t("When"), t("What it is"), t("What is to be done"), t("Place")]
    rows: list[Sequence[Cell | str]] = [
        [
            num(str(one.days), days_look(one.days)),
            *date_cells(one.row, t),
            Cell(one.key, "", f"/legal/{one.row.account_id}#matter"),
            one.name,
            Cell(one.matter.court, "wrap"),
            one.matter.counsel,
        ]
        for one in days
    ]
    more = [t("By whom"), t("Account"), t("Name"), t("Court"), t("Counsel")]
    return table([*head, *more], rows, t("No day at court is open. They come from a matter's page, or from a file."))


def idle_table(lines: Sequence[Running], now: datetime, t: Words) -> Table:
    """Matters that run with no day ahead."""
    rows: list[Sequence[Cell | str]] = []
    for line in lines:
        matter, days = line.beside.matter, (now - line.beside.touched_at).days
        state = matter.referral.state
        rows.append(
            [
                num(str(days), "late" if days > LONG else "look" if days > LONG // 3 else ""),
                Cell(line.key, "", f"/legal/{line.account_id}#matter"),
                line.name,
                matter_word(matter.stage, t),
                Cell(t.word(state), "" if state is ReferralState.accepted else "look"),
                Cell(matter.court, "wrap"),
                matter.counsel,
            ]
        )
    head: list[Cell | str] = [num(t("Days untouched")), t("Account"), t("Name"), t("Stage"), t("Referral")]
    return table([*head, t("Court"), t("Counsel")], rows, t("Every matter that runs has a day ahead."))


def counsel_table(lines: Sequence[CounselLine], t: Words) -> Table:
    """Numbers by counsel."""
    head: list[Cell | str] = [t("Counsel"), t("Currency"), num(t("Matters")), num(t("Running")), *money_head(t)]
    rows = [[one.counsel or t("nobody named"), *_counsel(one, t)] for one in lines]
    empty = t("No stage of any matter was entered yet. Counsel is named with a stage.")
    return table([*head, num(t("Days from filing to end")), t("Outcomes")], rows, empty)


def _counsel(one: CounselLine, t: Words) -> list[Cell | str]:
    told, net = Told(t, "UTC", one.currency), one.net
    amounts = (net.claimed, net.awarded, net.recovered, net.after, net.open_award, net.costs, net.posted)
    outcomes = ", ".join(f"{matter_word(kind, t)} {count}" for kind, count in sorted(one.outcomes.items()))
    return [
        one.currency,
        num(str(one.matters)),
        num(str(one.running)),
        *(num(told.figure(amount)) for amount in amounts),
        num(told.figure(net.net), "late" if net.net < 0 else "good"),
        num("" if one.days is None else str(one.days)),
        Cell(outcomes, "wrap"),
    ]
