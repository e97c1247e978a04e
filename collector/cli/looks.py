"""Commands that only look: tasks, referrals, and why an account is where it is."""

from datetime import UTC

import typer

from collector.casework import queries
from collector.cli.frame import (
    AtOption,
    JsonFlag,
    command,
    moment,
    office,
    out,
    show_json,
    show_table,
)
from collector.foundation.clock import parse_moment
from collector.history.rules import Channel
from collector.identity.rules import EVERYTHING
from collector.planning.rules import TaskState


@command
def tasks(
    account: str | None = typer.Option(None, "--account", help="CODE/NO."),
    channel: Channel | None = typer.Option(None, "--channel"),
    status: TaskState | None = typer.Option(None, "--status"),
    limit: int = typer.Option(200, "--limit", min=1, max=100_000),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """The tasks of the current plan, most urgent first."""
    with office().database.read() as session:
        rows = queries.tasks(
            session, EVERYTHING, account=account, channel=channel, status=status, at=moment(at), limit=limit
        )
    if json_:
        show_json({"tasks": rows})
        return
    show_table(
        "tasks",
        ["id", "account", "channel", "purpose", "segment", "state", "from", "until", "caller", "slot", "template"],
        [
            [
                row["id"],
                row["account"],
                row["channel"],
                row["purpose"],
                row["segment"],
                row["state"],
                row["not_before"],
                row["not_after"],
                row["caller"],
                row["slot"],
                row["template"],
            ]
            for row in rows
        ],
        "no tasks; run: collector plan",
    )


@command
def referrals(
    kind: str | None = typer.Option(None, "--kind", help="skiptrace or legal"),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """The skip-tracing and legal queues, with their reasons and evidence."""
    with office().database.read() as session:
        rows = queries.referrals(session, EVERYTHING, kind=kind, at=moment(at))
    if json_:
        show_json({"referrals": rows})
        return
    shown = ["id", "kind", "account", "state", "route", "negotiator", "opened_at"]
    show_table(
        "referrals",
        [*shown, "reasons"],
        [[*(row[name] for name in shown), ", ".join(row["triggers"])] for row in rows],
        "no account is with skip-tracing or legal",
    )


@command
def explain(
    account: str = typer.Argument(..., help="CODE/NO."), at: str | None = AtOption, json_: bool = JsonFlag
) -> None:
    """Where an account stands, which rules put it there, what comes next, and what was refused."""
    desk = office()
    with desk.database.read() as session:
        document = queries.explain(session, desk, account, moment(at))
    if json_:
        show_json(document)
        return
    facts = document["facts"]
    out.print(
        f"{document['account']} at {_minute(document['at'])}: {facts['days_past_due']} days past due, "
        f"{facts['bucket']}, segment {document['segment']}, stage {document['stage']}"
    )
    show_table("facts", ["fact", "value"], list(facts.items()), "")
    show_table("why", ["rule", "said"], [[rule["id"], rule["reason"]] for rule in document["rules"]], "no rule spoke")
    show_table(
        "next",
        ["channel", "purpose", "from", "until", "reason"],
        [
            [one["channel"], one["purpose"], _minute(one["not_before"]), _minute(one["not_after"]), one["reason"]]
            for one in document["next"]
        ],
        "nothing is due",
    )
    show_table(
        "refused",
        ["channel", "rules", "reason", "earliest"],
        [
            [
                one["channel"],
                ", ".join(rule["id"] for rule in one["rules"]),
                "; ".join(rule["reason"] for rule in one["rules"]),
                _minute(one["earliest"]) or "not while this stands",
            ]
            for one in document["refused"]
        ],
        "nothing was refused",
    )


def _minute(at: str | None) -> str:
    """A moment of a document for people: to the minute, on the clock of UTC as the document has it."""
    return f"{parse_moment(at).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""
