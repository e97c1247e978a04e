"""The funnel, promises by week, and what was collected: what each shows, how it is told, and what it opens."""

from __future__ import annotations

from collections.abc import Sequence

from collector.history.rules import PromiseState
from collector.reports.queries import Day, Step, Week
from collector.reports.rules import STATES, OfDays, OfPromises, OfStage
from collector.web.pages import charts
from collector.web.pages.charts import HALF, WHOLE, Bar, Chart, Column, Part
from collector.web.pages.figure_words import Drawing, Rows, money_words, percent, stage_words
from collector.web.templating import Cell, Table, num, table

LOOKS = {
    PromiseState.kept: "good",
    PromiseState.partial: "plain",
    PromiseState.broken: "late",
    PromiseState.open: "soft",
}


def funnel(steps: Sequence[Step], draw: Drawing) -> Chart:
    t = draw.t
    head: list[Cell | str] = [
        t("Stage"),
        num(t("Accounts")),
        num(t("Of the stage before")),
        num(t("Money")),
        t("Which"),
    ]
    rows: Rows = []
    bars = []
    for step, before in zip(steps, [None, *steps], strict=False):
        part = percent(step.accounts, before.accounts) if before else ""
        name, wanted = stage_words(t, step.stage), OfStage(step.stage)
        money = draw.told.money(step.money)
        which = money_words(t, step.stage)
        words = f"{name}: {step.accounts:,} · {money} {which}"
        right = (part, draw.short(step.money))
        bars.append(Bar(name, step.accounts, f"{step.accounts:,}", right, words, draw.href(wanted)))
        rows.append([name, draw.link(step.accounts, wanted), num(part), num(money), Cell(which, "dim")])
    marks, labels, high = charts.funnel(bars)
    return Chart(
        title=t("Funnel"),
        note=t(
            "The last 30 days: each stage is a part of the one before. Money: owed in all; then overdue now or paid "
            "since; promised; paid."
        ),
        says="; ".join(f"{bar.name} {bar.shown}" for bar in bars),
        wide=HALF,
        high=high,
        marks=marks if steps and steps[0].accounts else [],
        labels=labels,
        table=table(head, rows, t("No account is in this book yet. Load accounts and instalments under Operations.")),
    )


def promises(weeks: Sequence[Week], draw: Drawing) -> Chart:
    t = draw.t
    data = [
        Column(
            f"{week.monday:%m-%d}",
            [
                Part(
                    week.counts[state],
                    LOOKS[state],
                    f"{week.monday} {t.word(state)}: {week.counts[state]:,} · {draw.told.money(week.money[state])}",
                    draw.href(OfPromises(week.monday, state)),
                )
                for state in STATES
            ],
            "" if week.kept_rate is None else f"{week.kept_rate:.0%}",
            draw.href(OfPromises(week.monday)),
        )
        for week in weeks
    ]
    largest = max((sum(part.value for part in column.parts) for column in data), default=0)
    axes = charts.Axes(HALF, 210, {value: f"{value:,}" for value in charts.steps(largest)})
    marks, labels, lines = charts.columns(data, axes)
    return Chart(
        title=t("Promises by week"),
        note=t("By the week they were due in. Above each column: kept, of those that are decided."),
        says="; ".join(f"{column.name} {column.above or '—'}" for column in data),
        wide=HALF,
        high=210,
        marks=marks,
        labels=labels,
        lines=lines,
        legend=[(LOOKS[state], t.word(state)) for state in STATES],
        table=_promise_table(weeks, draw),
    )


def _promise_table(weeks: Sequence[Week], draw: Drawing) -> Table:
    t = draw.t
    head: list[Cell | str] = [
        t("Week of"),
        *(cell for state in STATES for cell in (num(t.word(state)), num(t("Money")))),
        num(t("Kept")),
    ]
    kinds = {PromiseState.kept: "good", PromiseState.broken: "late"}
    rows: Rows = []
    for week in weeks:
        row: list[Cell | str] = [week.monday.isoformat()]
        for state in STATES:
            row.append(draw.link(week.counts[state], OfPromises(week.monday, state), kinds.get(state, "")))
            row.append(num(draw.told.figure(week.money[state]) if week.counts[state] else "", "dim"))
        row.append(
            num("" if week.kept_rate is None else f"{week.kept_rate:.0%}", "", draw.href(OfPromises(week.monday)))
        )
        rows.append(row)
    return table(head, rows, t("No promise was due in these weeks. Log one when a borrower names a day and an amount."))


def collected(days: Sequence[Day], draw: Drawing) -> Chart:
    t = draw.t

    def parts(one: Day) -> list[Part]:
        due, paid = draw.told.money(one.due), draw.told.money(one.paid)
        return [
            Part(one.due, "plan", f"{one.day} {t('fell due')}: {due}", draw.href(OfDays(one.day, one.day))),
            Part(one.paid, "plain", f"{one.day} {t('paid')}: {paid}", draw.href(OfDays(one.day, one.day, paid=True))),
        ]

    data = [Column(f"{one.day:%m-%d}" if not number % 3 else "", parts(one)) for number, one in enumerate(days)]
    largest = max((max(one.paid, one.due) for one in days), default=0)
    axes = charts.Axes(WHOLE, 220, {value: draw.short(value) if largest else "" for value in charts.steps(largest)})
    marks, labels, lines = charts.columns(data, axes, beside=True)
    paid, due = sum(one.paid for one in days), sum(one.due for one in days)
    return Chart(
        title=t("Collected against due, by day"),
        note=t(
            "{paid} paid and {due} fell due in these 30 days. A payment counts on the day it was made.",
            paid=draw.told.money(paid),
            due=draw.told.money(due),
        ),
        says=t("{paid} paid, {due} due", paid=draw.told.money(paid), due=draw.told.money(due)),
        wide=WHOLE,
        high=220,
        marks=marks,
        labels=labels,
        lines=lines,
        legend=[("plan", t("fell due")), ("plain", t("paid"))],
        table=_collected_table(days, draw),
    )


def _collected_table(days: Sequence[Day], draw: Drawing) -> Table:
    t = draw.t
    head: list[Cell | str] = [t("Day"), num(t("fell due")), num(t("Accounts")), num(t("paid")), num(t("Accounts"))]
    rows: Rows = [
        [
            one.day.isoformat(),
            num(draw.told.figure(one.due)),
            draw.link(one.debtors, OfDays(one.day, one.day)),
            num(draw.told.figure(one.paid)),
            draw.link(one.payers, OfDays(one.day, one.day, paid=True)),
        ]
        for one in reversed(days)
    ]
    first, last = days[0].day, days[-1].day
    paid, due = OfDays(first, last, paid=True), OfDays(first, last)
    sums = (sum(one.due for one in days), sum(one.paid for one in days))
    if any(sums):
        rows.append(
            [
                t("Sum"),
                num(draw.told.figure(sums[0]), "", draw.href(due)),
                "",
                num(draw.told.figure(sums[1]), "", draw.href(paid)),
                "",
            ]
        )
    return table(head, rows, t("Nothing fell due and nothing was paid in these days. Load instalments and payments."))
