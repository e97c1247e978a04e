"""How a matter is shown: its bar of stages, its history, days at court, costs, money and packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from collector.casework.views.matters import MatterCase
from collector.foundation.clock import local_day
from collector.history.tables import Document
from collector.legal.matters.money import standing_costs
from collector.legal.matters.queries import Matter
from collector.legal.matters.rules import (
    Advancer,
    CostKind,
    DateEnd,
    DateKind,
    MatterOutcome,
    MatterStage,
    next_stages,
)
from collector.legal.matters.tables import CourtDate, MatterCost, MatterStep
from collector.web.pages.matter_lists import date_cells, days_look, matter_choices, matter_word, money_head, when_of
from collector.web.templating import Cell, Choice, Table, Told, choices, num, table
from collector.web.words import Words

WIDE, HIGH, DOT = 112, 58, 14
"""Of the bar of stages: between two dots, its height, where the line is."""
CUT = 40


@dataclass(frozen=True)
class StageMark:
    """A stage on the bar: where, its word, the day it was reached, and how it looks (done, here or ahead)."""

    x: int
    words: str
    day: str
    look: str


@dataclass(frozen=True)
class MatterShown:
    """The part of a case page that begins when legal accepted it."""

    marks: Sequence[StageMark]
    wide: int
    high: int
    line: int
    says: str
    pairs: Sequence[tuple[str, str]]
    warns: Sequence[str]
    history: Table
    last_id: int
    """The entry that can be struck; 0: none."""
    next: Sequence[Choice]
    outcomes: Sequence[Choice]
    dates: Table
    open_dates: Sequence[Choice]
    ends: Sequence[Choice]
    date_kinds: Sequence[Choice]
    zone: str
    costs: Table
    cost_kinds: Sequence[Choice]
    advancers: Sequence[Choice]
    strikable: Sequence[Choice]
    posted: Sequence[Choice]
    can_post: bool
    asked: str
    money: Table
    packages: Table
    waiting: Sequence[Choice]
    counsel: str
    runs: bool


def matter_shown(case: MatterCase, papers: Sequence[Document], told: Told, now: datetime) -> MatterShown:
    """`papers`: of the account."""
    t, matter = told.t, case.matter
    names = {row.id: f"{row.id} · {row.name}" for row in papers}
    marks = _marks(matter, told)
    standing, ready = standing_costs(case.costs), _ready(case)
    return MatterShown(
        marks=marks,
        wide=WIDE * len(marks),
        high=HIGH,
        line=DOT,
        says=t("Stage: {stage}", stage=matter_word(matter.stage, t)),
        pairs=_pairs(matter, told),
        warns=_warns(case, t),
        history=_history(matter, names, told),
        last_id=(matter.standing[-1].id or 0) if matter.standing else 0,
        next=[Choice(one.value, matter_word(one, t)) for one in next_stages(matter.history) if matter.runs],
        outcomes=matter_choices(t, MatterOutcome),
        dates=_dates(case.dates, t, now),
        open_dates=[Choice(str(row.id), f"{when_of(row)} {_cut(row.what)}") for row in case.dates if row.ended is None],
        ends=matter_choices(t, DateEnd),
        date_kinds=choices(t, DateKind),
        zone=told.zone,
        costs=_costs(case, names, told),
        cost_kinds=choices(t, CostKind),
        advancers=choices(t, Advancer),
        strikable=[_cost_choice(row, told) for row in standing if row.source not in case.posted],
        posted=[_cost_choice(row, told) for row in standing if row.source in case.posted],
        can_post=bool(ready),
        asked=t("asked by {name}", name=case.asked.maker) if case.asked else "",
        money=_money(case, told),
        packages=_packages(case, told),
        waiting=[
            Choice(str(one.id), f"{told.moment(one.made_at)} {one.counsel}")
            for one, got in case.packages
            if got is None
        ],
        counsel=matter.counsel,
        runs=matter.runs,
    )


def _marks(matter: Matter, told: Told) -> list[StageMark]:
    here, order = matter.stage, list(MatterStage)
    marks = []
    for place, stage in enumerate(order):
        reached = [row.on for row in matter.standing if row.stage is stage]
        look = "here" if stage is here else "done" if reached else "ahead"
        words = told.day(reached[-1]) if reached else ""
        marks.append(StageMark(WIDE * place + WIDE // 2, matter_word(stage, told.t), words, look))
    return marks


def _pairs(matter: Matter, told: Told) -> list[tuple[str, str]]:
    t = told.t
    rows = [(t("Court"), matter.court), (t("Case number"), matter.case_no), (t("Counsel"), matter.counsel)]
    if matter.outcome is not None:
        rows.append((t("Outcome"), matter_word(matter.outcome, t)))
    return [(name, text or t("not named yet")) for name, text in rows]


def _warns(case: MatterCase, t: Words) -> list[str]:
    warns = []
    if case.matter.lacks_judgment:
        warns.append(t("The paper of the judgment is still to come: file it, and enter the judgment again with it."))
    unproven = [
        row
        for row in case.matter.standing
        if row.document_id is None and row.stage in (MatterStage.filed, MatterStage.enforcement)
    ]
    if unproven:
        warns.append(
            t("A filing without its paper stops no clock: file the notice, and enter the stage again with it.")
        )
    return warns


def _history(matter: Matter, names: dict[int | None, str], told: Told) -> Table:
    t = told.t
    struck: dict[int | None, MatterStep] = {row.strikes_id: row for row in matter.rows if row.strikes_id is not None}
    rows = [_step(row, struck.get(row.id), names, told) for row in reversed(matter.rows) if row.strikes_id is None]
    head: list[Cell | str] = [t("Day"), t("Stage"), t("Court"), t("Case number"), t("Counsel"), num(t("Amount"))]
    return table([*head, t("Proof"), t("By"), ""], rows, t("Nothing is entered yet: the suit is being prepared."))


def _step(row: MatterStep, by: MatterStep | None, names: dict[int | None, str], told: Told) -> list[Cell | str]:
    t = told.t
    words = matter_word(row.stage, t)
    if row.outcome is not None:
        words = f"{words}: {matter_word(row.outcome, t)}"
    if row.is_final:
        words = f"{words}, {t('binding')}"
    amount = row.claimed if row.claimed is not None else row.awarded
    proof = names.get(row.document_id, "") or (t("still to come") if row.paper_to_come else "")
    why = t("struck by {name}: {reason}", name=by.actor.removeprefix("user:"), reason=by.reason) if by else ""
    return [
        told.day(row.on),
        Cell(words, "dim" if by else ""),
        Cell(row.court, "wrap"),
        row.case_no,
        row.counsel,
        num(told.money(amount) if amount is not None else ""),
        Cell(proof, "wrap"),
        Cell(row.actor.removeprefix("user:"), "dim"),
        Cell(why, "wrap"),
    ]


def _dates(rows: Sequence[CourtDate], t: Words, now: datetime) -> Table:
    head: list[Cell | str] = [num(t("Days left")), t("When"), t("What it is"), t("What is to be done"), t("Place")]
    ordered = sorted(rows, key=lambda row: (row.ended is not None, row.at))
    told = [[*_days(row, now), *date_cells(row, t), _ended(row, t)] for row in ordered]
    return table([*head, t("By whom"), t("How it ended")], told, t("No day at court is noted yet."))


def _days(row: CourtDate, now: datetime) -> list[Cell | str]:
    if row.ended is not None:
        return [num("")]
    days = (local_day(row.at, row.zone) - local_day(now, row.zone)).days
    return [num(str(days), days_look(days))]


def _ended(row: CourtDate, t: Words) -> Cell:
    if row.ended is None:
        return Cell("")
    return Cell(" · ".join(filter(None, [matter_word(row.ended, t), row.ended_note])), "wrap")


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[: CUT - 1]}…"


def _ready(case: MatterCase) -> list[MatterCost]:
    """Costs that can be put on the account: the borrower's, with a receipt, not there yet."""
    return [
        row
        for row in standing_costs(case.costs)
        if row.recoverable and row.document_id is not None and row.source not in case.posted
    ]


def _costs(case: MatterCase, names: dict[int | None, str], told: Told) -> Table:
    t = told.t
    struck: dict[int | None, str] = {row.strikes_id: row.note for row in case.costs if row.strikes_id is not None}
    rows: list[Sequence[Cell | str]] = []
    for row in reversed([one for one in case.costs if one.strikes_id is None]):
        rows.append(
            [
                told.day(row.on),
                t.word(row.kind),
                num(told.money(row.amount)),
                t.word(row.advanced_by),
                t("the borrower") if row.recoverable else t("us"),
                _where(row, case, struck, t),
                Cell(names.get(row.document_id, "") or t("no receipt"), "wrap"),
                Cell(row.note, "wrap"),
            ]
        )
    head: list[Cell | str] = [t("Day"), t("What for"), num(t("Amount")), t("Advanced by"), t("Borne by")]
    return table([*head, t("State"), t("Proof"), t("Note")], rows, t("No cost is noted yet."))


def _where(row: MatterCost, case: MatterCase, struck: dict[int | None, str], t: Words) -> Cell:
    if row.id in struck:
        return Cell(t("struck: {reason}", reason=struck[row.id]), "wrap dim")
    if row.source in case.posted:
        return Cell(t("on the account"), "good")
    return Cell(t("not on the account") if row.recoverable else "")


def _cost_choice(row: MatterCost, told: Told) -> Choice:
    return Choice(str(row.id), f"{told.t.word(row.kind)} {told.day(row.on)} {told.money(row.amount)}")


def _money(case: MatterCase, told: Told) -> Table:
    t, net = told.t, case.net
    amounts = (net.claimed, net.awarded, net.recovered, net.after, net.open_award, net.costs, net.posted)
    cells = [num(told.money(one)) for one in amounts]
    return table(money_head(t), [[*cells, num(told.money(net.net), "late" if net.net < 0 else "good")]], "")


def _packages(case: MatterCase, told: Told) -> Table:
    t = told.t
    rows: list[Sequence[Cell | str]] = [
        [
            told.moment(package.made_at),
            package.counsel,
            Cell(package.contact, "wrap"),
            package.actor.removeprefix("user:"),
            f"{told.day(got.received_on)} {got.received_by}" if got else Cell(t("not confirmed yet"), "look"),
        ]
        for package, got in case.packages
    ]
    head = [t("Made"), t("Counsel"), t("Who talks to the borrower"), t("By"), t("Received")]
    return table(head, rows, t("Counsel was given nothing yet."))
