"""The audit chain, for who watches over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request

from collector.audit import queries as audit
from collector.web.pages.shell import frame_of
from collector.web.session import CallerParam, DeskParam, FormParam, reading
from collector.web.templating import Cell, Page, Table, Told, num, render, table

router = APIRouter()


@dataclass(frozen=True)
class AuditPage(Page):
    template: ClassVar[str] = "audit.html"
    entries: Table
    proof: str = ""
    findings: Sequence[str] = ()


def _audit_page(request: Request, desk: DeskParam, caller: CallerParam, *, verify: bool) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    proof, findings = "", []
    with reading(desk) as session:
        rows = audit.latest(session)
        if verify:
            found = audit.verify(session, desk.office.keys, desk.clock())
            proof = t(
                "{sealed} entries sealed, {unsealed} not yet sealed.", sealed=found.sealed, unsealed=found.unsealed
            )
            findings = [str(one) for one in found.findings]
            proof += " " + (t("The chain is damaged.") if findings else t("The chain is whole."))
    told = Told(t, "UTC")
    entries = table(
        [num("#"), t("When"), t("By"), t("What"), t("About"), t("Details")],
        [
            [
                num(str(row.id)),
                told.whose(row.at),
                row.actor,
                row.action,
                row.subject,
                Cell(
                    ", ".join(f"{name} {value}" for name, value in row.detail.items() if value is not None), "dim wide"
                ),
            ]
            for row in rows
        ],
        t("Nothing is on record yet. Every change writes an entry here."),
    )
    return render(AuditPage(frame, entries, proof, findings))


@router.get("/audit")
def audit_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return _audit_page(request, desk, caller, verify=False)


@router.post("/audit/verify")
def verify_audit(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Walk the whole chain."""
    return _audit_page(request, desk, caller, verify=True)
