"""All commands, under the names that others script against."""

import typer

from collector.cli import admin, allocation, book, export, floor, law, people

app = typer.Typer(
    name="collector",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="An open collections contact-center: lawful, auditable, fast.",
)
for group in ("db", "user", "apikey", "facts", "audit"):
    app.add_typer(getattr(admin, group), name=group)
app.add_typer(law.strategy, name="strategy")
app.add_typer(export.export, name="export")
app.command("arm")(admin.arm)
app.command("load")(book.load)
app.command("allocate")(allocation.allocate)
app.command("plan")(floor.plan)
app.command("sweep")(floor.sweep)
app.command("tasks")(floor.tasks)
app.command("send")(floor.send)
app.command("next-call")(floor.next_call)
app.command("outcome")(floor.outcome)
app.command("promise")(people.promise)
app.command("says-paid")(people.says_paid)
app.command("found")(people.found)
app.command("stop")(people.stop)
app.command("hold")(people.hold)
app.command("done")(floor.done)
app.command("pause")(people.pause)
app.command("lower-level")(people.lower_level)
app.command("referrals")(floor.referrals)
app.command("explain")(floor.explain)
app.command("check")(law.check)
