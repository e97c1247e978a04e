"""Hours at which people are reached, and roll rates: what each cell shows, how it is told, and what it opens."""

from __future__ import annotations

from collector.reports.queries import Hours, Rolls
from collector.reports.queries.hours import ENOUGH, Slot
from collector.reports.rules import NOT_YET, SETTLED, OfHour, OfRoll
from collector.strategy.rules import CURRENT
from collector.web.pages import charts
from collector.web.pages.charts import HALF, Chart, Grid, Square
from collector.web.pages.figure_words import Drawing, Rows, bucket_words, day_names, percent
from collector.web.templating import Cell, Table, num, table
from collector.web.words import Words


def hours(found: Hours, draw: Drawing) -> Chart:
    t = draw.t
    shown = _span(found)
    names = day_names(t)
    best = max((found.rate(slot) for slot in found.dials if found.dials[slot] >= ENOUGH), default=0.0)
    cells = {
        (day, hour - shown[0]): _hour_cell(found, (day, hour), best, draw)
        for day in range(7)
        for hour in shown
        if found.dials.get((day, hour))
    }
    marked = {(found.best[0], found.best[1] - shown[0])} if found.best else set()
    data = Grid([f"{hour:02}" for hour in shown], names, cells, framed=frozenset(marked))
    marks, labels, high = charts.grid(data, 26)
    note = t("Of 100 calls placed in the last 90 days, how often the right party talked; on the portfolio's clock.")
    if found.best:
        day, hour = found.best
        parts = {"when": f"{names[day]} {hour:02}:00", "rate": f"{found.rate(found.best):.0%}"}
        note += " " + t("Best hour: {when}, {rate} of {calls} calls.", calls=found.dials[found.best], **parts)
    return Chart(t("Reached by hour and weekday"), note, note, HALF, high, marks, _hours_table(found, draw), labels)


def _span(found: Hours) -> range:
    """The hours from the first to the last in which anybody was called."""
    seen = [hour for _, hour in found.dials]
    return range(min(seen), max(seen) + 1) if seen else range(0)


def _hour_cell(found: Hours, slot: Slot, best: float, draw: Drawing) -> Square:
    day, hour = slot
    dials, reached = found.dials[slot], found.reached.get(slot, 0)
    words = draw.t(
        "{when}: {reached} of {calls} calls",
        when=f"{day_names(draw.t)[day]} {hour:02}:00",
        reached=reached,
        calls=dials,
    )
    faint = dials < ENOUGH
    strength = 0.0 if faint or not best else found.rate(slot) / best
    return Square(
        [f"{found.rate(slot) * 100:.0f}"], strength, words, draw.href(OfHour(day, hour, reached=reached > 0)), faint
    )


def _hours_table(found: Hours, draw: Drawing) -> Table:
    t, names = draw.t, day_names(draw.t)
    head: list[Cell | str] = [
        t("Hour"),
        *(num(f"{name} {words}") for name in names for words in (t("calls"), t("reached"))),
    ]
    rows: Rows = [
        [
            f"{hour:02}:00",
            *(
                draw.link(counts.get((day, hour), 0), OfHour(day, hour, reached=counts is found.reached))
                for day in range(7)
                for counts in (found.dials, found.reached)
            ),
        ]
        for hour in _span(found)
        if any(found.dials.get((day, hour)) for day in range(7))
    ]
    return table(head, rows, t("Nobody was called in these 90 days. The first calls come with today's plan."))


def rolls(found: Rolls, draw: Drawing) -> Chart:
    t = draw.t
    came, went = found.came, found.went
    cells = {
        (row, column): _roll_cell(found, start, end, draw)
        for row, start in enumerate(came)
        for column, end in enumerate(went)
        if found.counts.get((start, end))
    }
    stayed = frozenset((row, went.index(name)) for row, name in enumerate(came) if name in went)
    edge = [(f"{found.sum_of(name)[0]:,}", draw.href(OfRoll(found.first, found.last, name))) for name in came]
    data = Grid([bucket_words(t, name) for name in went], [bucket_words(t, name) for name in came], cells, edge, stayed)
    marks, labels, high = charts.grid(data, 34)
    note = _roll_note(found, t)
    return Chart(t("Roll rates"), note, note, HALF, high, marks, _roll_table(found, draw), labels)


def _roll_note(found: Rolls, t: Words) -> str:
    note = t(
        "From where accounts stood at the end of {first} (down) to {last} (across): accounts, and the balance "
        "of the first day. Framed: as before.",
        first=found.first,
        last=found.last,
    )
    late = sum(found.sum_of(name)[0] for name in found.came if is_late(name))
    cured = sum(count for (came, went), count in found.counts.items() if is_late(came) and not is_late(went))
    told = {"late": f"{late:,}", "cured": f"{cured:,}", "rate": percent(cured, late)}
    return f"{note} {t('Of {late} late accounts {cured} ({rate}) are cured or paid off.', **told)}" if late else note


def is_late(bucket: str) -> bool:
    return bucket not in (SETTLED, NOT_YET, CURRENT)


def _roll_cell(found: Rolls, came: str, went: str, draw: Drawing) -> Square:
    count, money = found.sum_of(came, went)
    whole, _ = found.sum_of(came)
    pair = f"{bucket_words(draw.t, came)} → {bucket_words(draw.t, went)}"
    words = f"{pair}: {count:,} ({percent(count, whole)}) · {draw.told.money(money)}"
    href = draw.href(OfRoll(found.first, found.last, came, went))
    return Square([f"{count:,}", draw.brief(money)], count / whole, words, href)


def _roll_table(found: Rolls, draw: Drawing) -> Table:
    t = draw.t
    head: list[Cell | str] = [t("From, to"), *(num(bucket_words(t, name)) for name in found.went), num(t("Sum"))]
    rows: Rows = []
    for came in (*found.came, None):
        sums = [(went, *found.sum_of(came, went)) for went in (*found.went, None)]
        name = t("Sum") if came is None else bucket_words(t, came)
        rows.append([name, *(draw.link(count, OfRoll(found.first, found.last, came, went)) for went, count, _ in sums)])
        rows.append(["", *(num(draw.told.figure(money) if count else "", "dim") for _, count, money in sums)])
    empty = t("No account is in this book yet. Load accounts and instalments under Operations.")
    return table(head, rows if found.counts else [], empty)
