"""Where the creditor's ledger and ours differ: totals, the list by size, both sides of one account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request

from collector.casework import actions
from collector.casework.views import within
from collector.casework.views.differences import (
    BothSides,
    Difference,
    Totals,
    both_sides,
    by_kind,
    differences,
    totals,
)
from collector.casework.views.stated import stated_schedules
from collector.portfolio.rules import DifferenceKind, LedgerState
from collector.portfolio.tables import LedgerBalance, PaymentRow
from collector.reports.queries import offered
from collector.reports.rules import OfDifferences, address_of
from collector.web.pages.schedules import stated_table
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Link, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
Book = Annotated[int | None, Query(ge=1, le=2**62)]
After = Annotated[str | None, Query(pattern=r"^[0-9]{1,18}\.[0-9]{1,18}$")]
"""The key that the page before gave: a size and an id."""
SHADES = {LedgerState.agrees: "good", LedgerState.differs: "late"}
NOTHING = "—"


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to."""

    book: int | None = None
    kind: DifferenceKind | None = None
    explained: bool | None = None

    def address(self, after: str | None = None) -> str:
        asked = {
            "book": str(self.book or ""),
            "kind": self.kind.value if self.kind else "",
            "explained": "" if self.explained is None else str(self.explained).lower(),
            "after": after or "",
        }
        given = urlencode({name: value for name, value in asked.items() if value})
        return f"/operations/differences?{given}" if given else "/operations/differences"


@dataclass(frozen=True)
class DifferencesPage(Page):
    template: ClassVar[str] = "differences.html"
    totals: Table
    kinds: Sequence[Link]
    standing: Sequence[Link]
    rows: Table
    more: str
    files: Sequence[Link]
    """Where this list can be taken as a file: of the portfolio that is shown, else of each that is offered."""
    schedules: Table


@dataclass(frozen=True)
class DifferencePage(Page):
    template: ClassVar[str] = "difference.html"
    key: str
    account: str
    """Where the account opens; empty: it is not here."""
    facts: Sequence[str]
    action: str
    """Where it is explained."""
    open: bool
    explained: str
    explained_by: str
    theirs: Table
    ours: Sequence[tuple[str, Cell]]
    since: str
    payments: Table
    held: Table
    may_explain: bool


@router.get("/operations/differences")
def differences_page(
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    book: Book = None,
    kind: DifferenceKind | None = None,
    explained: bool | None = None,
    after: After = None,
) -> Any:
    frame, scope, asked = frame_of(request, caller), caller.actor.scope, Asked(book, kind, explained)
    t = frame.t
    with reading(desk) as session:
        found = differences(session, scope, portfolio_id=book, kind=kind, explained=explained, after=_seen(after))
        counts = by_kind(session, scope, book)
        page = DifferencesPage(
            frame=frame,
            totals=_totals(totals(session, scope), t),
            kinds=_kinds(counts, asked, t),
            standing=_standing(asked, t),
            rows=_rows(found.rows, t),
            more=asked.address(found.after) if found.after else "",
            files=_files(offered(session, scope), asked) if found.rows else (),
            schedules=stated_table(stated_schedules(session, scope), t),
        )
    return render(page)


def _files(books: Sequence[tuple[str, str]], asked: Asked) -> list[Link]:
    wanted = address_of(OfDifferences(asked.kind, asked.explained))
    return [
        Link("/figures/accounts?" + urlencode({"book": key, **wanted}), name)
        for key, name in books
        if asked.book is None or key == str(asked.book)
    ]


def _seen(after: str | None) -> tuple[int, int] | None:
    if after is None:
        return None
    size, _, number = after.partition(".")
    return int(size), int(number)


def _totals(found: Sequence[Totals], t: Words) -> Table:
    head: list[Cell | str] = [t("Portfolio"), t("Statement of"), num(t("agree")), num(t("differ"))]
    return table(
        [*head, num(t("explained")), num(t("not comparable")), num(t("Theirs")), num(t("Ours")), num(t("Difference"))],
        [
            [
                Cell(one.book.code, "", Asked(one.book.id).address()),
                one.day.isoformat(),
                num(f"{one.agreed:,}", "good" if one.agreed else "dim"),
                num(f"{one.differ:,}", "late" if one.differ else "dim"),
                num(f"{one.explained:,}", "" if one.explained else "dim"),
                num(f"{one.silent:,}", "" if one.silent else "dim"),
                num(Told(t, "UTC", one.book.currency).money(one.theirs)),
                num(Told(t, "UTC", one.book.currency).money(one.ours)),
                num(Told(t, "UTC", one.book.currency).money(one.theirs - one.ours)),
            ]
            for one in found
        ],
        t("The creditor's ledger was never loaded. Load a file of balances: account_no, as_of, balance, overdue."),
    )


def _kinds(counts: dict[DifferenceKind, int], asked: Asked, t: Words) -> list[Link]:
    def link(kind: DifferenceKind | None, words: str) -> Link:
        return Link(Asked(asked.book, kind, asked.explained).address(), words, here=kind is asked.kind)

    found = [kind for kind in DifferenceKind if kind in counts]
    return [link(None, t("all")), *(link(kind, f"{t.word(kind)} {counts[kind]:,}") for kind in found)]


def _standing(asked: Asked, t: Words) -> list[Link]:
    words = {None: t("all"), False: t("not explained"), True: t("explained")}
    return [
        Link(Asked(asked.book, asked.kind, value).address(), word, "", value is asked.explained)
        for value, word in words.items()
    ]


def _rows(rows: Sequence[Difference], t: Words) -> Table:
    head: list[Cell | str] = [t("Account"), t("As of"), num(t("Theirs")), num(t("Ours")), num(t("Difference"))]
    return table(
        [*head, num(t("Overdue, theirs")), num(t("Overdue, ours")), t("Looks like"), t("Explained")],
        [_row(one, Told(t, one.book.timezone, one.book.currency)) for one in rows],
        t("No difference here: what the creditor's last statement says, our records say too."),
    )


def _row(one: Difference, told: Told) -> list[Cell | str]:
    row = one.row
    return [
        Cell(one.key, "", f"/operations/differences/{row.id}"),
        told.day(row.as_of),
        _money(row.theirs, told),
        _money(row.ours_owed, told),
        num(signed(row.size, told), "late"),
        _money(row.overdue, told),
        _money(row.ours_overdue, told),
        told.t.word(row.kind),
        Cell(row.explained, "wrap"),
    ]


def signed(amount: int, told: Told) -> str:
    """With its sign: above zero, they say that more is owed."""
    return f"+{told.money(amount)}" if amount > 0 else told.money(amount)


def _money(amount: int | None, told: Told) -> Cell:
    return num(NOTHING, "dim") if amount is None else num(told.money(amount))


@router.get("/operations/differences/{difference_id}")
def difference_page(difference_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """Both sides of one account side by side."""
    frame = frame_of(request, caller)
    with reading(desk) as session:
        sides = both_sides(session, within.difference(session, caller.actor.scope, difference_id))
    row, book = sides.one.row, sides.one.book
    told = Told(frame.t, book.timezone, book.currency)
    page = DifferencePage(
        frame=frame,
        key=sides.one.key,
        account=f"/accounts/{row.account_id}" if row.account_id else "",
        facts=_facts(row, told),
        action=f"/operations/differences/{row.id}/explain",
        open=row.state is LedgerState.differs and row.is_last,
        explained=row.explained,
        explained_by=f"{row.explained_by.removeprefix('user:')} {told.moment(row.explained_at)}".strip(),
        theirs=_lines(sides.lines, told),
        ours=_ours(row, told),
        since=_since(sides, told),
        payments=_payments(sides.payments, told),
        held=_held(sides.held, told),
        may_explain=may_open(caller, "explain_difference"),
    )
    return render(page)


def _facts(row: LedgerBalance, told: Told) -> list[str]:
    t = told.t
    if row.state is not LedgerState.differs:
        return [t("statement of {day}", day=told.day(row.as_of)), t.word(row.state)]
    amount = t("difference {amount}", amount=signed(row.size, told))
    return [t("statement of {day}", day=told.day(row.as_of)), amount, t.word(row.kind)]


def _lines(rows: Sequence[LedgerBalance], told: Told) -> Table:
    t = told.t
    amounts = ("principal", "interest", "penalty", "fees", "theirs", "overdue")
    words = (t("Principal"), t("Interest"), t("Penalty"), t("Fees"), t("Total"), t("Overdue"))
    return table(
        [t("As of"), *(num(word) for word in words), t("State")],
        [
            [
                told.day(row.as_of),
                *(_figure(getattr(row, name), told) for name in amounts),
                Cell(t.word(row.state), SHADES.get(row.state, "dim")),
            ]
            for row in rows
        ],
        t("No statement names this account."),
    )


def _figure(amount: int | None, told: Told) -> Cell:
    return num(NOTHING, "dim") if amount is None else num(told.figure(amount))


def _ours(row: LedgerBalance, told: Told) -> list[tuple[str, Cell]]:
    t = told.t
    return [(t("Owed in all"), _money(row.ours_owed, told)), (t("Overdue"), _money(row.ours_overdue, told))]


def _since(sides: BothSides, told: Told) -> str:
    if sides.agreed_on is None:
        return told.t("No balance agreed before; the newest payments:")
    return told.t("Our payments since {day}, when both sides agreed:", day=told.day(sides.agreed_on))


def _payments(rows: Sequence[PaymentRow], told: Told) -> Table:
    t = told.t
    return table(
        [t("Paid"), t("Kind"), num(f"{t('Amount')} {told.currency}"), t("State"), t("Reference")],
        [
            [
                told.moment(row.paid_at),
                t.word(row.kind),
                num(told.figure(row.amount)),
                t.word(row.state),
                Cell(row.reference, "dim code"),
            ]
            for row in rows
        ],
        t("No payment since then."),
    )


def _held(rows: Sequence[PaymentRow], told: Told) -> Table:
    t = told.t
    return table(
        [t("Paid"), t("Payer"), t("Reference")],
        [
            [told.moment(row.paid_at), row.payer_name or "", Cell(row.reference, "code", "/operations#held")]
            for row in rows
        ],
        t("No payment without an account is of this amount."),
    )


class ExplainForm(Form):
    reason: str


@router.post("/operations/differences/{difference_id}/explain")
def explain_difference(difference_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ExplainForm, fields)
    with writing(desk) as session:
        within.difference(session, caller.actor.scope, difference_id)
        actions.explain_difference(session, difference_id, form.reason, desk.clock(), caller.actor)
    return see(f"/operations/differences/{difference_id}", "explained")
