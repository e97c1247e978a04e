"""The law on screen: packs with source and evidence, and the contacts that rules refused, by rule and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request

from collector.casework.views import law as law_views
from collector.casework.views import refusals
from collector.compliance.rules import Rule
from collector.foundation.paging import Page as Keyset
from collector.law.rules import Evidence
from collector.web.pages import telling
from collector.web.pages.shell import frame_of
from collector.web.session import CallerParam, DeskParam, reading
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
RuleName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
PackCode = Annotated[str, Path(pattern=r"^[a-z]{1,20}$")]
Rows = Sequence[Sequence[Cell | str]]
MARKS = {Evidence.text: "good", Evidence.secondary: "", Evidence.unverified: "look", Evidence.house: "dim"}


@dataclass(frozen=True)
class LawPage(Page):
    template: ClassVar[str] = "law.html"
    packs: Table


@dataclass(frozen=True)
class PackPage(Page):
    template: ClassVar[str] = "pack.html"
    title: str
    version: str
    rules: Table
    duties: Table
    books: Table


@router.get("/law")
def law_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        found = law_views.packs(session, caller.actor.scope)
    head: list[Cell | str] = [t("Pack"), num(t("Rules")), t("Version"), t("Portfolios")]
    by_evidence = [num(t.word(level)) for level in Evidence]
    rows: Rows = [
        [
            Cell(one.pack.title[t.language], href=f"/law/{one.pack.code}"),
            num(str(len(one.pack.rules))),
            Cell(one.pack.version, "dim"),
            ", ".join(book.code for book in one.books) or "—",
            *(num(str(sum(rule.evidence is level for rule in one.pack.rules)), MARKS[level]) for level in Evidence),
        ]
        for one in found
    ]
    return render(LawPage(frame, table([*head, *by_evidence], rows, t("No pack is installed."))))


@router.get("/law/{pack}")
def pack_page(pack: PackCode, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        found = law_views.law(session, caller.actor.scope, pack)
    asked = [rule for rule in found.pack.rules if rule.asks is not None]
    stated = [rule for rule in found.pack.rules if rule.asks is None]
    return render(
        PackPage(
            frame=frame,
            title=found.pack.title[t.language],
            version=found.pack.version,
            rules=_rules(asked, t),
            duties=_duties(stated, t),
            books=_books(found.books, t),
        )
    )


def _rules(rules: Sequence[Rule], t: Words) -> Table:
    head = [t("Rule"), t("Says"), t("Answer"), t("Parameters"), t("Binds"), t("Source"), t("Evidence")]
    rows: Rows = [
        [
            Cell(rule.id, href=f"/refusals/{rule.id}"),
            Cell(rule.title[t.language], "wide"),
            Cell(t.word(rule.answer), "late" if rule.answer == "deny" else "look"),
            Cell(_parameters(rule.parameters), "wide dim"),
            Cell(", ".join(t.word(word) for word in sorted(rule.binds | rule.debt_types)) or t("everyone"), "wide"),
            Cell(rule.source, "wide"),
            Cell(t.word(rule.evidence), MARKS[rule.evidence]),
        ]
        for rule in rules
    ]
    return table(head, rows, t("This pack asks nothing."))


def _parameters(parameters: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {_value(value)}" for name, value in parameters.items())


def _value(value: Any) -> str:
    """A word list is told by its length: it is read in the pack file."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} ({len(words)})" for name, words in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value[:8])) + (f" … ({len(value)})" if len(value) > 8 else "")
    return str(value)


def _duties(rules: Sequence[Rule], t: Words) -> Table:
    rows: Rows = [
        [
            rule.id,
            Cell(rule.title[t.language], "wide"),
            Cell(rule.note, "wide"),
            Cell(rule.source, "wide"),
            Cell(t.word(rule.evidence), MARKS[rule.evidence]),
        ]
        for rule in rules
    ]
    return table([t("Rule"), t("Says"), t("Kept where"), t("Source"), t("Evidence")], rows, t("None."))


def _books(books: Sequence[law_views.Book], t: Words) -> Table:
    rows: Rows = [
        [
            book.code,
            t.word(book.collector_type),
            t.word(book.debt_type),
            Cell("; ".join(f"{rule} ({_parameters(what)})" for rule, what in book.tightening.items()) or "—", "wide"),
        ]
        for book in books
    ]
    head = [t("Portfolio"), t("Collector"), t("Debt"), t("Stricter than the pack")]
    return table(head, rows, t("No portfolio of yours is under this pack."))


@dataclass(frozen=True)
class RefusalsPage(Page):
    template: ClassVar[str] = "refusals.html"
    counts: Table


@dataclass(frozen=True)
class RulePage(Page):
    template: ClassVar[str] = "rule.html"
    rule: str
    day: str
    contacts: Table
    older: str


@router.get("/refusals")
def refusals_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """Every number opens the contacts behind it."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        found = refusals.counted(session, caller.actor.scope, desk.clock())
    rows: Rows = [
        [
            Cell(rule, href=f"/refusals/{rule}"),
            Cell(telling.rule_says(rule, found.titles, t), "wide"),
            *(
                num(str(count), "late", f"/refusals/{rule}?back={back}") if count else num("·", "dim")
                for back, count in enumerate(counts)
            ),
            num(str(sum(counts))),
        ]
        for rule, counts in found.rules
    ]
    head: list[Cell | str] = [t("Rule"), t("Says"), *(num(f"{day:%m-%d}") for day in found.days), num(t("Sum"))]
    empty = t("The gate refused nothing in these days: every planned contact was lawful as planned.")
    return render(RefusalsPage(frame, table(head, rows, empty)))


def _reason(rule: str, reason: str, titles: Mapping[str, Mapping[str, str]], t: Words) -> str:
    """What the rule found. In Chinese the title of a law is said before its words, which are English."""
    told = t.reason(reason)
    title = titles.get(rule, {}).get(t.language, "") if t.language != "en" and told == reason else ""
    return f"{rule} {title}: {told}" if title else f"{rule}: {told}"


@router.get("/refusals/{rule}")
def refusals_of_rule(
    rule: RuleName,
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    back: Annotated[int, Query(ge=0, le=365)] = 0,
    after: Annotated[str | None, Query(max_length=20)] = None,
) -> Any:
    """The contacts a rule spoke against on one day: `back` days ago."""
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        found = refusals.refused(session, caller.actor.scope, now, rule=rule, back=back, after=after)
    older = f"/refusals/{rule}?back={back}&after={found.after}" if found.after else ""
    day = t("today") if back == 0 else t("{days} days ago", days=back)
    return render(RulePage(frame, rule, day, _contacts(found, t), older))


def _contacts(found: Keyset[refusals.Refused], t: Words) -> Table:
    rows: list[list[Cell | str]] = []
    for one in found.rows:
        told = Told(t, one.zone)
        said = "; ".join(_reason(name, reason, one.titles, t) for name, reason in one.reasons)
        rows.append(
            [
                told.whose(one.at),
                Cell(one.key, href=f"/accounts/{one.account_id}"),
                t.word(one.channel),
                t.word(one.purpose),
                t.word(one.moment),
                Cell(t.word(one.answer), "late" if one.answer == "deny" else "look"),
                Cell(said, "wide"),
                told.whose(one.earliest) if one.earliest else t("not by waiting"),
            ]
        )
    head: list[Cell | str] = [
        t("When"),
        t("Account"),
        t("Channel"),
        t("Purpose"),
        t("Judged"),
        t("Answer"),
        t("Why"),
        t("Lawful from"),
    ]
    return table(head, rows, t("This rule refused no contact on that day."))
