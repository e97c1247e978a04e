"""Schedule, payments and the balance to the day."""

from __future__ import annotations

from collections.abc import Iterator

from collector.law.rules import ClaimPart, Source, Sweep
from collector.legal.casefile.telling.parts import SMALLER, Part, Told, day, facts, note, percent, table
from collector.legal.casefile.words import Words
from collector.portfolio.queries import law_of, lender_of
from collector.portfolio.queries.claims import CONTRACT
from collector.portfolio.rules import EntryKind, PaymentKind
from collector.portfolio.rules.balance import YEAR, Accrual
from collector.portfolio.tables import InstalmentBefore

PARTS = (ClaimPart.principal, ClaimPart.interest, ClaimPart.fee, ClaimPart.unsplit, ClaimPart.penalty)
"""The order of columns."""


def schedule(told: Told) -> list[Part]:
    """The instalments as the creditor gave them, and what is left of each."""
    words, left = told.words, {one.number: one.left for one in told.material.statement.instalments}
    rows = [
        [
            str(row.number),
            day(row.due_on),
            told.money(row.amount_due),
            *("" if given is None else told.money(given) for given in (row.principal, row.interest, row.fee)),
            told.money(left.get(row.number, 0)),
        ]
        for row in told.material.instalments
    ]
    if not rows:
        return list(_former(told))
    names = [words.of("part_name", part) for part in (ClaimPart.principal, ClaimPart.interest, ClaimPart.fee)]
    head = [words("number"), words("due_on"), words("amount"), *names, words("left")]
    total = [words("total"), "", told.money(sum(row.amount_due for row in told.material.instalments)), "", "", ""]
    left_in_all = told.money(told.material.statement.total)
    held = table(head, rows, [0, 2, 3, 3, 3, 3, 3], right=range(2, 7), total=[*total, left_in_all])
    return [held, *_former(told)]


def _former(told: Told) -> Iterator[Part]:
    """Schedules that an extension or a restructuring replaced, the last first."""
    words = told.words
    versions: dict[int, list[InstalmentBefore]] = {}
    for row in told.material.former:
        versions.setdefault(row.version, []).append(row)
    names = [words.of("part_name", part) for part in (ClaimPart.principal, ClaimPart.interest, ClaimPart.fee)]
    head = [words("number"), words("due_on"), words("amount"), *names]
    for _, lines in sorted(versions.items(), reverse=True):
        rows = [
            [
                str(row.number),
                day(row.due_on),
                told.money(row.amount_due),
                *("" if given is None else told.money(given) for given in (row.principal, row.interest, row.fee)),
            ]
            for row in sorted(lines, key=lambda one: (one.due_on, one.number))
        ]
        title = words("former", until=told.time(lines[0].replaced_at))
        total = [words("total"), "", told.money(sum(row.amount_due for row in lines)), "", "", ""]
        yield table(head, rows, [0, 2, 3, 3, 3, 3], title=title, right=range(2, 6), total=total, size=SMALLER)


def closing(told: Told) -> Iterator[Part]:
    """With which figures the account was closed: what the schedule asked for, what was paid and given up of it."""
    words, found = told.words, told.material.closing
    if found is not None:
        back = {one.takes_back for one in found.entries}
        lines = [one for one in found.entries if one.kind is EntryKind.waiver and one.takes_back is None]
        penalty = sum(one.penalty for one in lines if one.id not in back)
        rows = [
            [words("scheduled"), told.money(found.scheduled)],
            [words("paid"), told.money(found.paid)],
            [words("waived"), told.money(found.waived_in_all)],
            [words("penalty_waived"), told.money(penalty)],
        ]
        total = [words("left"), told.money(found.owed_now.total)]
        yield table(words.many("closing", "amount"), rows, [5, 2], right=[1], total=total)


def payments(told: Told) -> list[Part]:
    """Every line that came, also those that move no money."""
    words = told.words
    rows = [
        [
            told.time(row.paid_at),
            words.of("payment", row.kind),
            row.reference,
            told.money(row.amount),
            words.of("payment_state", row.state),
        ]
        for row in told.material.payments
    ]
    if not rows:
        return []
    counted = sum(
        row.amount for row in told.material.payments if row.kind is PaymentKind.payment and row.state.value == "applied"
    )
    head = words.many("time", "kind_title", "reference", "amount", "state")
    parts = [table(head, rows, [0, 2, 4, 3, 2], right=[3], total=[words("total"), "", "", told.money(counted), ""])]
    return [*parts, *_allocated(told)]


def _allocated(told: Told) -> Iterator[Part]:
    words = told.words
    rows = [
        [day(one.on), one.label, str(one.number), words.of("part_name", one.part), told.money(one.amount)]
        for one in told.material.statement.allocations
    ]
    if rows:
        head = words.many("date", "reference", "instalment", "part", "amount")
        yield table(head, rows, [0, 4, 2, 2, 3], title=words("allocated"), right=[4], size=SMALLER)


def balance(told: Told) -> list[Part]:
    """The statement: totals, the bridge from the ledger, every line of days, and by which rules."""
    words, found = told.words, told.material.statement
    terms = found.terms
    order = " → ".join(words.of("part_name", part) for part in terms.order)
    texts = [
        words("order" if terms.sweep is Sweep.instalments else "order_by_parts", parts=order),
        words("formula", year=str(YEAR[terms.day_count])),
        *([words("reckoned_by", by=terms.reckoned_by)] if terms.reckoned_by else []),
        *(words.of("gap", gap) for gap in found.gaps),
    ]
    if found.allowed is not None:
        texts.append(words("allowed", allowed=told.money(found.allowed), cost=told.money(found.cost)))
    return [
        *_totals(told),
        *_bridge(told),
        *_days(told),
        *_rates(told),
        *(note(text) for text in texts),
        *_sources(told),
    ]


def _totals(told: Told) -> Iterator[Part]:
    words, found = told.words, told.material.statement
    shown = [part for part in PARTS if any(one.parts[part].asked for one in found.instalments)]
    rows = [
        [
            words.of("part_name", part),
            told.money(sum(one.parts[part].asked for one in found.instalments)),
            told.money(sum(one.parts[part].paid for one in found.instalments)),
            told.money(sum(one.parts[part].waived for one in found.instalments)),
            told.money(sum(one.parts[part].taken_off for one in found.instalments)),
            told.money(found.left(part)),
            told.money(found.left(part, is_due=False)),
        ]
        for part in shown
    ]
    sums = [sum(getattr(one.parts[part], name) for one in found.instalments for part in shown) for name in SUMS]
    total = [words("total"), *map(told.money, sums), told.money(found.total), told.money(found.total - found.due)]
    head = words.many("part", "asked", "paid", "waived", "taken_off", "left", "left_ahead")
    yield table(head, rows, [2, 3, 3, 3, 3, 3, 3], right=range(1, 7), total=total)


SUMS = ("asked", "paid", "waived", "taken_off")


def _bridge(told: Told) -> Iterator[Part]:
    words, bridge = told.words, told.material.statement.bridge
    yield table(
        [words("bridge"), words("amount")],
        [[words(f"bridge_{name}"), told.money(amount)] for name, amount in bridge._asdict().items()],
        [5, 2],
        right=[1],
        total=[words("total"), told.money(bridge.total)],
    )


def _days(told: Told) -> Iterator[Part]:
    words, found = told.words, told.material.statement
    rows = [
        [
            str(one.number),
            words.of("accruing", one.what),
            day(one.first),
            day(one.end),
            str(one.days),
            told.money(one.base),
            percent(one.percent),
            told.money(one.amount),
            rate_by(one, words),
        ]
        for one in found.accruals
    ]
    if rows:
        head = words.many("instalment", "kind_title", "from", "to", "days", "base", "percent", "amount", "rate_by")
        total = [words("total"), *[""] * 6, told.money(sum(one.amount for one in found.accruals)), ""]
        widths = [0, 2, 0, 0, 0, 3, 0, 3, 3]
        yield table(head, rows, widths, title=words("lines"), right=[4, 5, 6, 7], total=total, size=SMALLER)


def rate_by(line: Accrual, words: Words) -> str:
    """Where the rate of a line comes from, and how its days are counted; or the cap that lowered it."""
    if line.rule not in YEAR:
        return line.rule
    source = words("by_contract") if line.source == CONTRACT else line.source
    return " · ".join(filter(None, [source, words.of("day_count", line.rule)]))


def _rates(told: Told) -> Iterator[Part]:
    words = told.words
    rows = [
        [day(row.from_on), row.annual_rate or "", row.penalty_rate or "", row.reason] for row in told.material.rates
    ]
    if rows:
        head = words.many("from", "annual_rate", "penalty_rate", "reason")
        yield table(head, rows, [0, 2, 2, 5], title=words("rates"))


def _sources(told: Told) -> Iterator[Part]:
    words, law = told.words, law_of(told.material.portfolio)
    opened = told.material.account.opened_on or min((one.due_on for one in told.material.instalments), default=None)
    caps = law.caps_of(lender_of(told.material.portfolio), opened) if opened else ()
    sources: list[Source] = [*law.sources, *(one for cap in caps if (one := law.source_of(cap.rule)) is not None)]
    rows = [[one.rule, one.source_in(words.language), words.of("evidence_kind", one.evidence)] for one in sources]
    yield table(words.many("rule", "source", "evidence"), rows, [3, 6, 3], title=words("sources"), size=SMALLER)


def terms(told: Told) -> Part:
    """The contract's figures."""
    words, account = told.words, told.material.account
    return facts(
        [
            (words("account"), account.account_no),
            (words("product"), account.product),
            (words("security_title"), words.of("security", account.security)),
            (words("principal"), told.money(account.principal)),
            (words("annual_rate"), f"{account.annual_rate}%" if account.annual_rate else words("not_said")),
            (words("penalty_rate"), f"{account.penalty_rate}%" if account.penalty_rate else words("not_said")),
            (words("opened_on"), day(account.opened_on) or words("not_said")),
            (words("matures_on"), day(account.matures_on) or words("not_said")),
        ]
    )
