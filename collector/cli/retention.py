"""Commands of retention: what is due, what two people agreed to remove, and the proof of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session, col, select

from collector.casework import actions
from collector.casework.approvals import retention as asking
from collector.cli.frame import LARGEST_ID, AtOption, JsonFlag, command, moment, office, progress_bar, show, show_json
from collector.compliance.packs import CODES, load_pack
from collector.foundation.errors import BadInput, NotFound
from collector.identity.rules import COMMAND_LINE
from collector.legal.retention import proving
from collector.legal.retention.actions import going
from collector.legal.retention.rules import Fate
from collector.legal.retention.tables import Purge, RetentionHold
from collector.portfolio.queries import account_by_key, portfolio_by_code

retention = typer.Typer(no_args_is_help=True, help="How long what is kept, what is due, and its removal with proof.")

NUMBER = typer.Argument(..., min=1, max=LARGEST_ID, metavar="NUMBER", help="Number of the purge.")


@retention.command("terms")
@command
def terms(json_: bool = JsonFlag) -> None:
    """Every term of every pack, with its source and how well that is known."""
    found = [
        {
            "pack": code,
            "term": term.id,
            "kinds": sorted(term.kinds),
            "since": term.since.value,
            "keep_years": term.keep_years,
            "after": Fate.must_go.value if term.must_go else Fate.may_go.value,
            "debt_types": sorted(term.debt_types),
            "source": term.source,
            "evidence": term.evidence.value,
        }
        for code in CODES
        for term in load_pack(code).retention
    ]
    lines = [f"{one['pack']} {one['term']}: {_long(one['keep_years'])}, {one['source']}" for one in found]
    show({"terms": found}, as_json=json_, lines=lines)


@retention.command("plan")
@command
def plan(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Count what is kept by which law and what may or must go. Removes nothing; the count is kept to be proposed."""
    desk, when = office(), moment(at)
    with progress_bar("records") as told:
        number = actions.plan_purge(desk, when, COMMAND_LINE, told)
    with desk.database.read() as session:
        document = _told(_row(session, number))
    show(document, as_json=json_, lines=_lines(document))


@retention.command("list")
@command
def list_purges(json_: bool = JsonFlag) -> None:
    """Counts and purges, the newest first, and the holds that stand."""
    with office().database.read() as session:
        rows = session.exec(select(Purge).order_by(col(Purge.id).desc()).limit(100)).all()
        held = session.exec(select(RetentionHold).where(col(RetentionHold.lifted_at).is_(None))).all()
        document = {"purges": [_told(row) for row in rows], "holds": [_hold(row) for row in held]}
    if json_:
        show_json(document)
        return
    lines = [_line(one) for one in document["purges"]]
    lines += [f"hold {one['hold']}: account {one['account'] or 'all'}, {one['reason']}" for one in document["holds"]]
    show(document, as_json=False, lines=lines)


@retention.command("propose")
@command
def propose(number: int = NUMBER, at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Ask for a second person, under Approvals, to remove exactly what was counted."""
    desk = office()
    with desk.database.begin() as session:
        asked = asking.propose_purge(session, desk, number, COMMAND_LINE, moment(at))
        document = {"purge": number, "approval": asked.id}
    show(document, as_json=json_, lines=[f"approval {document['approval']} waits for a second person"])


@retention.command("purge")
@command
def purge(
    number: int = NUMBER,
    batch: int = typer.Option(500, "--batch", min=1, max=10_000, help="Records of one transaction."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Remove what two people agreed to, in batches. Stopped anywhere, it goes on there the next time."""
    desk = office()
    with desk.database.read() as session:
        _row(session, number)
    with progress_bar("removed") as told:
        actions.run_purge(desk, number, moment(at), COMMAND_LINE, told, batch)
    with desk.database.read() as session:
        document = _told(_row(session, number))
    show(document, as_json=json_, lines=_lines(document))


@retention.command("certificate")
@command
def certificate(
    number: int = NUMBER,
    out: Path = typer.Option(..., "--out", help="A folder that is not there yet."),
    json_: bool = JsonFlag,
) -> None:
    """Write the signed list of what a purge removed: numbers, terms and digests, no names."""
    desk = office()
    if out.exists():
        raise BadInput(f"{out.name} exists already; name a folder that is not there yet")
    with desk.database.read() as session:
        row = _row(session, number)
        sha256 = proving.certificate(session, desk.keys, row, out)
    show({"purge": number, "folder": str(out), "sha256": sha256}, as_json=json_, lines=[f"{out}: {sha256}"])


@retention.command("verify")
@command
def verify(
    number: int | None = typer.Argument(None, min=1, max=LARGEST_ID, metavar="[NUMBER]", help="Default: all."),
    json_: bool = JsonFlag,
) -> None:
    """Check that what was removed is gone and that the list is the one that the audit sealed. Exit code 1 when not.
    A certificate is checked without the database by `collector casefile verify DIR`."""
    desk = office()
    found: list[dict[str, Any]] = []
    with desk.database.read() as session:
        rows = [_row(session, number)] if number else session.exec(select(Purge).order_by(col(Purge.id))).all()
        for row in rows:
            wrong = proving.verify(session, row, lambda one: actions.purged_path(desk, one).exists())
            found.append({"purge": row.id, "state": row.state.value, "removed": row.removed, "wrong": wrong})
    lines = [f"purge {one['purge']}: {one['removed']} removed, {len(one['wrong'])} wrong" for one in found]
    lines += [f"  {words}" for one in found for words in one["wrong"]]
    show({"purges": found}, as_json=json_, lines=lines or ["nothing was removed yet"])
    if any(one["wrong"] for one in found):
        raise typer.Exit(1)


@retention.command("hold")
@command
def hold(
    what: str = typer.Argument(..., metavar="WHAT", help="CODE of a portfolio, or CODE/NO of an account."),
    reason: str = typer.Option(..., "--reason", help="By whose letter or order."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Ask for a second person: nothing of it is removed, whatever terms end."""
    with office().database.begin() as session:
        account = account_by_key(session, what) if "/" in what else None
        book = portfolio_by_code(session, what.partition("/")[0])
        asked = asking.propose_hold(session, book, account, reason, COMMAND_LINE, moment(at))
        document = {"approval": asked.id, "what": what}
    show(document, as_json=json_, lines=[f"approval {document['approval']} waits for a second person"])


@retention.command("lift")
@command
def lift(
    number: int = typer.Argument(..., min=1, max=LARGEST_ID, metavar="NUMBER", help="Number of the hold."),
    reason: str = typer.Option(..., "--reason", help="Why it need not be held any more."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Ask for a second person: terms count again."""
    with office().database.begin() as session:
        asked = asking.propose_lifting(session, number, reason, COMMAND_LINE, moment(at))
        document = {"approval": asked.id, "hold": number}
    show(document, as_json=json_, lines=[f"approval {document['approval']} waits for a second person"])


def _long(years: object) -> str:
    return f"{years} years" if years else "for ever"


def _row(session: Session, number: int) -> Purge:
    row = session.get(Purge, number)
    if row is None:
        raise NotFound(f"there is no purge {number}; collector retention plan makes one")
    return row


def _told(row: Purge) -> dict[str, Any]:
    head = ("pack", "kind", "fate", "by", "count")
    return {
        "purge": row.id,
        "state": row.state.value,
        "as_of": row.as_of,
        "due": going(row.found),
        "removed": row.removed,
        "found": [dict(zip(head, one, strict=True)) for one in row.found],
        "kept": [dict(zip(head, one, strict=True)) for one in row.left],
    }


def _lines(told: dict[str, Any]) -> list[str]:
    found = [f"  {one['pack']} {one['kind']}: {one['count']} {one['fate']} by {one['by']}" for one in told["found"]]
    return [_line(told), *found]


def _line(told: dict[str, Any]) -> str:
    done = f"{told['due']} due as of {told['as_of']}, {told['removed']} removed"
    return f"purge {told['purge']}: {told['state']}, {done}"


def _hold(row: RetentionHold) -> dict[str, Any]:
    told = {"hold": row.id, "portfolio": row.portfolio_id, "account": row.account_id}
    return {**told, "reason": row.reason, "at": row.at, "actor": row.actor}
