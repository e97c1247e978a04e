"""What is kept by which law, what is due, what was removed with its certificate, and what is held."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.background import BackgroundTask

from collector.audit.actions import record
from collector.casework.approvals import retention as asking
from collector.casework.views import retention as views
from collector.casework.views import within
from collector.compliance.packs import CODES, load_pack
from collector.compliance.rules import Term
from collector.foundation.errors import BadInput
from collector.legal.retention import proving
from collector.legal.retention.actions import going
from collector.legal.retention.rules import Bar, Fate, PurgeState
from collector.legal.retention.tables import Purge
from collector.portfolio.queries import account_by_key, portfolios
from collector.web.pages.case_papers import kept, pack
from collector.web.pages.law import MARKS
from collector.web.pages.shell import Form, frame_of, may_open, read, see, whose
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
LOOKS = {Fate.keep.value: "", Fate.may_go.value: "look", Fate.must_go.value: "late"}


@dataclass(frozen=True)
class RetentionPage(Page):
    template: ClassVar[str] = "retention.html"
    counted: str
    due: Table
    may_propose: bool
    proposable: int
    purges: Table
    holds: Table
    liftable: Sequence[Choice]
    books: Sequence[Choice]
    may_hold: bool
    terms: Table


@router.get("/retention")
def retention_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """From the newest count: a page does not look through the whole book."""
    frame = frame_of(request, caller)
    t, may = frame.t, may_open(caller, "propose_purge")
    with reading(desk) as session:
        found = views.retention(session, caller.actor.scope)
        books = [Choice(one.code, one.code) for one in portfolios(session, caller.actor.scope)]
    newest = found.purges[0] if found.purges else None
    told, empty = Told(t, "UTC"), _empty(caller, t)
    page = RetentionPage(
        frame=frame,
        counted=t("Counted {moment}", moment=told.whose(newest.planned_at)) if newest else "",
        due=_due(newest, empty, t),
        may_propose=may,
        proposable=newest.id or 0 if newest and newest.state is PurgeState.planned and going(newest.found) else 0,
        purges=_purges(found.purges, empty, told),
        holds=_holds(found.holds, told),
        liftable=[Choice(str(one.row.id), f"{one.row.id} · {one.key}") for one in found.holds],
        books=books,
        may_hold=may,
        terms=_terms(t),
    )
    return render(page)


def _empty(caller: Caller, t: Words) -> str:
    if caller.actor.scope.portfolio_ids is not None:
        return t("Counts are of all portfolios together; who sees all of them sees the counts here.")
    return t("Nothing was counted yet; collector retention plan counts, best at night.")


def _due(row: Purge | None, empty: str, t: Words) -> Table:
    head: list[Cell | str] = [t("Law pack"), t("What"), t("Fate of the records"), t("Why"), num(t("Count"))]
    rows = [
        [pack or "—", told_as(t, "kept", kind), Cell(t.word(fate), LOOKS[fate]), why(by, t), num(f"{number:,}")]
        for pack, kind, fate, by, number in (row.found if row else ())
    ]
    return table(head, rows, empty)


def told_as(t: Words, of: str, word: str) -> str:
    """A word that means something else elsewhere: in Chinese by what it is of, in English as it is."""
    return t.word(f"{of} {word}").removeprefix(f"{of} ")


def why(by: str, t: Words) -> str:
    """A term by its id, which the list of terms explains; a bar in words."""
    return told_as(t, "held", by) if by in set(Bar) else by


def _purges(rows: Sequence[Purge], empty: str, told: Told) -> Table:
    t = told.t
    head: list[Cell | str] = [num(t("No.")), t("State"), t("Counted"), t("By"), num(t("Due to go")), num(t("Removed"))]
    head += [t("Done"), t("Certificate")]
    return table(
        head,
        [
            [
                num(str(row.id)),
                told_as(t, "purge", row.state),
                told.moment(row.planned_at),
                whose(row.actor, t),
                num(f"{going(row.found):,}"),
                num(f"{row.removed:,}"),
                told.moment(row.done_at),
                Cell(t("Certificate"), "", f"/retention/{row.id}/certificate") if row.state is PurgeState.done else "",
            ]
            for row in rows
        ],
        empty,
    )


def _holds(rows: Sequence[views.Held], told: Told) -> Table:
    t = told.t
    return table(
        [num(t("No.")), t("What"), t("By whose order"), t("Since"), t("By")],
        [
            [
                num(str(one.row.id)),
                one.key,
                Cell(one.row.reason, "wrap"),
                told.moment(one.row.at),
                whose(one.row.actor, t),
            ]
            for one in rows
        ],
        t("No hold stands. Open legal matters, disputes, complaints and clocks hold by themselves."),
    )


def _terms(t: Words) -> Table:
    head: list[Cell | str] = [t("Law pack"), t("Term"), t("What"), t("Debts"), t("Kept for"), t("Then")]
    head += [t("Source"), t("Evidence")]
    seen = {(term.id): (code, term) for code in reversed(CODES) for term in load_pack(code).retention}
    own = sorted(seen.values(), key=lambda one: (CODES.index(one[0]), one[1].id))
    return table(head, [_term("" if term.id.startswith("HOUSE-") else code, term, t) for code, term in own], "")


def _term(code: str, term: Term, t: Words) -> Sequence[Cell | str]:
    since = t.word(f"since {term.since}")
    kept_for = t("{years} years {since}", years=term.keep_years, since=since) if term.keep_years else t("for ever")
    return [
        code or t.word("house"),
        Cell(f"{term.id} · {term.title.get(t.language, term.title['en'])}", "wrap"),
        Cell(", ".join(told_as(t, "kept", kind) for kind in sorted(term.kinds)), "wrap"),
        ", ".join(t.word(one) for one in sorted(term.debt_types)) or t("every debt"),
        kept_for,
        t.word(Fate.must_go if term.must_go else Fate.may_go) if term.keep_years else "",
        Cell(term.source, "wrap"),
        Cell(t.word(term.evidence), MARKS[term.evidence]),
    ]


@router.post("/retention/{purge_id}/propose")
def propose_purge(purge_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Ask for a second person to remove exactly what was counted."""
    read(Form, fields)
    with writing(desk) as session:
        views.purge(session, caller.actor.scope, purge_id)
        asking.propose_purge(session, desk.office, purge_id, caller.actor, desk.clock())
    return see("/retention", "purge-asked")


class HoldForm(Form):
    book: str = Field(max_length=64)
    account: str = Field(default="", max_length=64)
    reason: str = Field(max_length=200)


@router.post("/retention/holds")
def propose_hold(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Ask for a second person: nothing of an account, or of a whole portfolio, is removed."""
    form = read(HoldForm, fields)
    scope = caller.actor.scope
    with writing(desk) as session:
        book = next((one for one in portfolios(session, scope) if one.code == form.book), None)
        if book is None:
            raise BadInput("choose a portfolio")
        account = account_by_key(session, f"{book.code}/{form.account}", scope) if form.account else None
        asking.propose_hold(session, book, account, form.reason, caller.actor, desk.clock())
    return see("/retention", "hold-asked")


class LiftForm(Form):
    hold: int = Field(ge=1, le=2**62)
    reason: str = Field(max_length=200)


@router.post("/retention/holds/lift")
def lift_retention(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Ask for a second person: terms count again."""
    form = read(LiftForm, fields)
    with writing(desk) as session:
        held = views.hold(session, form.hold)
        within.portfolio(session, caller.actor.scope, held.portfolio_id)
        asking.propose_lifting(session, form.hold, form.reason, caller.actor, desk.clock())
    return see("/retention", "hold-asked")


@router.get("/retention/{purge_id}/certificate")
def purge_certificate(purge_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """The signed list of what was removed, as one archive; it names nobody. Who takes it is on record."""
    name = f"purge-{purge_id}"
    with kept() as folder:
        with writing(desk) as session:
            row = views.purge(session, caller.actor.scope, purge_id)
            proving.certificate(session, desk.office.keys, row, folder / name)
            record(session, caller.actor.name, "purge.given", f"purge:{purge_id}", {}, desk.clock())
        packed = folder / f"{name}.zip"
        pack(folder / name, packed)
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(packed, media_type="application/zip", filename=packed.name, background=gone)
