"""The accounts behind a number, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from collector.reports.queries import DifferenceLine, Line
from collector.reports.rules import MONEY, Wanted, columns_of
from collector.web.pages.export_parts import titles
from collector.web.pages.figure_words import bucket_words
from collector.web.templating import Cell, Table, Told, num, table
from collector.web.words import Words


def list_table(lines: Sequence[Line | DifferenceLine], wanted: Wanted, t: Words) -> Table:
    if any(isinstance(one, DifferenceLine) for one in lines):
        return _differences([one for one in lines if isinstance(one, DifferenceLine)], wanted, t)
    return _accounts([one for one in lines if isinstance(one, Line)], t)


def _differences(lines: Sequence[DifferenceLine], wanted: Wanted, t: Words) -> Table:
    """The very columns of the file."""
    names, columns = titles(t), columns_of(wanted)
    head = [num(names[name]) if name in MONEY else names[name] for name in columns]
    return table(head, [[_cell(one, name, t) for name in columns] for one in lines], "")


def _cell(one: DifferenceLine, name: str, t: Words) -> Cell | str:
    value = getattr(one, name)
    if name in MONEY:
        return num("—", "dim") if value is None else num(Told(t, "UTC", one.currency).figure(value))
    if name == "account":
        return Cell(str(value), "", f"/operations/differences/{one.id}")
    return t.word(value) if name == "kind" else Cell(str(value), "wrap")


def _accounts(lines: Sequence[Line], t: Words) -> Table:
    head: list[Cell | str] = [t("Account"), t("Name"), t("Product"), t("Bucket"), num(t("Days past due"))]
    rows = [
        [
            Cell(one.account, "", f"/accounts/{one.id}"),
            one.name,
            one.product,
            bucket_words(t, one.bucket),
            num(str(one.days_past_due), "late" if one.days_past_due else ""),
            num(Told(t, "UTC", one.currency).money(one.overdue)),
            num(Told(t, "UTC", one.currency).money(one.owed)),
            one.queue,
            one.last_contact.isoformat() if one.last_contact else Cell("—", "dim"),
        ]
        for one in lines
    ]
    head += [num(t("Overdue")), num(t("Owed")), t("Queue"), t("Last contact")]
    return table(head, rows, t("No account is in this list now. Figures move while people pay and talk."))
