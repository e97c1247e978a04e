"""Many cases of the legal list at once: accepted, given back or filed together, shown first and told in words after."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from pydantic import Field
from sqlmodel import Session

from collector.audit.actions import record
from collector.casework import actions
from collector.casework.views.batches import TO, Batch, Decision, Does, Stays, batch
from collector.casework.views.filed import COLUMNS, filed_rows, filing, filings
from collector.foundation.errors import BadInput
from collector.foundation.files import write_csv, write_xlsx
from collector.history.rules import Route
from collector.history.tables import Filing
from collector.reports.rules import Format
from collector.web.pages.letters import download
from collector.web.pages.shell import Form, frame_of, read, whose
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Frame, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
BOX = "case_"
"""How the boxes of cases are named: each by its referral."""
LONGEST = 12_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class BatchPage(Page):
    template: ClassVar[str] = "legal_batch.html"
    title: str
    changed: bool
    """Something was decided meanwhile, and nothing was done."""
    sentence: str
    told: Table
    fields: Sequence[tuple[str, str]]
    """What the form sends again; none: it is done."""
    nothing: bool
    filing: int | None
    """The group that was made."""


class BatchForm(Form):
    does: Does
    route: Route | None = None
    negotiator: int | None = Field(default=None, ge=1, le=2**62)
    reason: str = Field(default="", max_length=400)
    cases: str = Field(default="", max_length=LONGEST)
    shown: str = Field(default="", max_length=64)

    @property
    def decision(self) -> Decision:
        return Decision(self.does, self.route, self.negotiator, self.reason)

    @property
    def ids(self) -> list[int]:
        parts = [one for one in self.cases.split(",") if one]
        if not all(one.isdecimal() and len(one) < 19 for one in parts):
            raise BadInput("choose cases from the list")
        return [int(one) for one in parts]


@router.post("/legal/batch")
def preview_batch(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What the decision would do to each chosen case. Nothing is changed yet."""
    form = read(BatchForm, _ticked(fields))
    with reading(desk) as session:
        seen = batch(session, caller.actor, form.ids, form.decision, desk.clock())
    return render(_preview(frame_of(request, caller), seen, changed=False))


def _ticked(fields: Mapping[str, str]) -> dict[str, str]:
    """The boxes as one field."""
    plain = {name: value for name, value in fields.items() if not name.startswith(BOX)}
    return {**plain, "cases": ",".join(name.removeprefix(BOX) for name in fields if name.startswith(BOX))}


@router.post("/legal/batch/run")
def run_batch(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Exactly what was shown; where something was decided meanwhile, what it would be now is shown instead."""
    form, now = read(BatchForm, fields), desk.clock()
    made: Filing | None = None
    with writing(desk) as session:
        seen = batch(session, caller.actor, form.ids, form.decision, now)
        same = seen.digest == form.shown
        if same and seen.go:
            made = _carry_out(session, desk, caller, seen)
    frame = frame_of(request, caller)
    if not same:
        return render(_preview(frame, seen, changed=True), 409)
    return render(_done(frame, seen, made))


def _carry_out(session: Session, desk: Desk, caller: Caller, seen: Batch) -> Filing | None:
    decision, now = seen.decision, desk.clock()
    if decision.does is Does.file:
        ids = [one.referral.id or 0 for one in seen.go]
        return actions.file_together(session, desk.office, ids, now, caller.actor)
    by_route: dict[Route | None, list[int]] = {}
    for one in seen.go:
        by_route.setdefault(one.route if decision.does is Does.accept else None, []).append(one.referral.id or 0)
    for route, ids in by_route.items():
        actions.move_referrals(
            session,
            desk.office,
            ids,
            TO[decision.does],
            now,
            caller.actor,
            decision.reason,
            route=route,
            negotiator_id=decision.negotiator_id,
        )
    return None


def _preview(frame: Frame, seen: Batch, *, changed: bool) -> BatchPage:
    t, decision = frame.t, seen.decision
    fields = {
        "does": decision.does.value,
        "route": decision.route.value if decision.route else "",
        "negotiator": str(decision.negotiator_id or ""),
        "reason": decision.reason,
        "cases": ",".join(str(one.referral.id) for one in seen.entries),
        "shown": seen.digest,
    }
    sentence = {
        Does.accept: t("{go} of {all} chosen cases would be accepted.", go=len(seen.go), all=len(seen.entries)),
        Does.give_back: t("{go} of {all} chosen cases would be given back.", go=len(seen.go), all=len(seen.entries)),
        Does.file: t("{go} of {all} chosen cases would be filed together.", go=len(seen.go), all=len(seen.entries)),
    }[decision.does]
    return BatchPage(
        frame=frame,
        title=t("Before it is done"),
        changed=changed,
        sentence=_with_reason(sentence, decision, t),
        told=_told(seen, t, done=False),
        fields=[(name, value) for name, value in fields.items() if value],
        nothing=not seen.go,
        filing=None,
    )


def _done(frame: Frame, seen: Batch, made: Filing | None) -> BatchPage:
    t, left = frame.t, len(seen.entries) - len(seen.go)
    go = len(seen.go)
    sentence = {
        Does.accept: t("{go} cases are accepted.", go=go),
        Does.give_back: t("{go} cases are given back.", go=go),
        Does.file: t("{go} cases are filed together under {number}.", go=go, number=made.number if made else ""),
    }[seen.decision.does]
    rest = " " + t("{left} stay as they are; why stands beside each.", left=left) if left else ""
    return BatchPage(
        frame=frame,
        title=t("What was done"),
        changed=False,
        sentence=_with_reason(sentence, seen.decision, t) + rest,
        told=_told(seen, t, done=True),
        fields=(),
        nothing=False,
        filing=made.id if made else None,
    )


def _with_reason(sentence: str, decision: Decision, t: Words) -> str:
    return f"{sentence} {t('Reason')}: {decision.reason}" if decision.reason else sentence


def _what(does: Does, t: Words, *, done: bool) -> str:
    if not done:
        return {Does.accept: t("Accept"), Does.give_back: t("Give back"), Does.file: t("File together")}[does]
    return {Does.accept: t("accepted"), Does.give_back: t("given back"), Does.file: t("filed together")}[does]


def _why(stays: Stays, t: Words) -> str:
    return {
        Stays.moved: t("stays: decided already, or paid"),
        Stays.no_route: t("stays: no route is open; choose one"),
        Stays.not_accepted: t("stays: not accepted yet"),
        Stays.filed: t("stays: filed already"),
        Stays.not_theirs: t("stays: name who goes on talking; they must see its portfolio"),
    }[stays]


def _told(seen: Batch, t: Words, *, done: bool) -> Table:
    head: list[Cell | str] = [t("Account"), t("Name"), num(t("Owed")), t("Proposed route"), t("Route")]
    accepts = seen.decision.does is Does.accept
    head += [t("May go on talking")] if accepts else []
    head.append(t("What happened") if done else t("What happens"))
    rows: list[Sequence[Cell | str]] = []
    for one in seen.entries:
        line, told = one.line, Told(t, one.line.zone, one.line.currency)
        what = Cell(_why(one.stays, t), "look") if one.stays else Cell(_what(seen.decision.does, t, done=done))
        rows.append(
            [
                Cell(line.key, "", f"/legal/{line.account_id}"),
                line.name,
                num(told.money(line.owed)),
                t.word(line.proposed) if line.proposed else t("none is open"),
                Cell(t.word(one.route) if one.route else "", "look" if one.route is not line.proposed else ""),
                *([(one.talks.display_name or one.talks.name) if one.talks else ""] if accepts else []),
                what,
            ]
        )
    return table(head, rows, t("None of the chosen cases is here any more."))


@dataclass(frozen=True)
class FiledShown:
    id: int
    number: str
    words: str


def filed_shown(session: Session, caller: Caller, t: Words) -> list[FiledShown]:
    """The groups that were filed lately."""
    return [
        FiledShown(
            one.filing.id or 0,
            one.filing.number,
            t(
                "{cases} cases, {moment}, by {name}",
                cases=one.filing.cases,
                moment=Told(t, one.zone).moment(one.filing.at),
                name=whose(one.filing.actor, t),
            ),
        )
        for one in filings(session, caller.actor.scope)
    ]


class ListForm(Form):
    format: Format


@router.post("/legal/filings/{filing_id}/list")
def filing_list(filing_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The cases of a group for the court, as CSV or workbook; that it was handed out is on record."""
    form = read(ListForm, fields)
    with writing(desk) as session:
        row = filing(session, caller.actor.scope, filing_id)
        rows, number = filed_rows(session, row), row.number
        detail = {"number": number, "rows": len(rows), "format": form.format.value}
        record(session, caller.actor.name, "filing.listed", f"filing:{filing_id}", detail, desk.clock())
    if form.format is Format.csv:
        text = io.StringIO()
        write_csv(text, COLUMNS, rows)
        return download(b"\xef\xbb\xbf" + text.getvalue().encode(), f"{number}.csv", "text/csv")
    with tempfile.TemporaryDirectory(prefix="filing-") as folder:
        book = File(folder) / "list"
        write_xlsx(book, COLUMNS, rows)
        return download(book.read_bytes(), f"{number}.xlsx", XLSX)
