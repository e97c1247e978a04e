"""The balance to the day as a workbook: numbers as numbers, no formula, every line that leads to the total."""

from __future__ import annotations

from decimal import Decimal

from collector.foundation.files import Sheet
from collector.foundation.files.writing import Value
from collector.foundation.money import exponent
from collector.legal.casefile.reading import Material
from collector.legal.casefile.telling.money import PARTS, rate_by
from collector.legal.casefile.telling.parts import day, percent
from collector.legal.casefile.words import Words
from collector.portfolio.rules.balance import PartBalance


def sheets(material: Material, words: Words) -> list[Sheet]:
    """Parts by instalment, lines of days, what payments went to, and the bridge from the ledger."""
    digits = exponent(material.portfolio.currency)

    def money(amount: int) -> Decimal:
        return Decimal(amount).scaleb(-digits)

    found = material.statement
    parts: list[list[Value]] = [
        [one.number, day(one.due_on), words.of("part_name", part), *map(money, _sums(one.parts[part]))]
        for one in found.instalments
        for part in PARTS
        if one.parts[part].asked
    ]
    columns = zip(*(_sums(one.parts[part]) for one in found.instalments for part in PARTS), strict=True)
    sums = [sum(column) for column in columns] or [0] * 5
    parts.append([words("total"), "", "", *map(money, sums)])
    lines: list[list[Value]] = [
        [
            one.number, words.of("accruing", one.what), day(one.first), day(one.end), one.days, money(one.base),
            Decimal(percent(one.percent)), one.year, money(one.amount), rate_by(one, words),
        ]
        for one in found.accruals
    ]  # fmt: skip
    went: list[list[Value]] = [
        [day(one.on), one.label, one.number, words.of("part_name", one.part), money(one.amount)]
        for one in found.allocations
    ]
    bridge: list[list[Value]] = [
        [words(f"bridge_{name}"), money(amount)] for name, amount in found.bridge._asdict().items()
    ]
    bridge.append([words("total"), money(found.bridge.total)])
    columns_of = ("instalment", "due_on", "part", "asked", "paid", "waived", "taken_off", "left")
    days = ("instalment", "kind_title", "from", "to", "days", "base", "percent", "year", "amount", "rate_by")
    return [
        Sheet("balance", words.many(*columns_of), parts),
        Sheet("days", words.many(*days), lines),
        Sheet("payments", words.many("date", "reference", "instalment", "part", "amount"), went),
        Sheet("ledger", words.many("bridge", "amount"), bridge),
    ]


def _sums(part: PartBalance) -> tuple[int, ...]:
    return (part.asked, part.paid, part.waived, part.taken_off, part.left)
