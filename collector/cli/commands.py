"""All commands, under the names that others script against, and the module of each: one command waits for its own
module only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

import typer

COMMANDS: Mapping[str, Sequence[str]] = {
    "admin": ("arm",),
    "book": ("load",),
    "allocation": ("allocate",),
    "floor": ("plan", "sweep", "send", "next-call", "outcome", "done"),
    "looks": ("tasks", "referrals", "explain"),
    "people": ("promise", "says-paid", "found", "stop", "hold", "pause", "lower-level"),
    "law": ("check",),
    "casefile": ("casefile", "balance"),
}
GROUPS: Mapping[str, Sequence[str]] = {
    "admin": ("db", "user", "apikey", "facts", "audit"),
    "law": ("strategy",),
    "export": ("export",),
    "letters": ("letters",),
    "terms": ("terms",),
    "clocks": ("clocks",),
    "rates": ("rates",),
    "matters": ("matters",),
    "archive": ("archive",),
    "retention": ("retention",),
}
NAMES = frozenset(name for part in (COMMANDS, GROUPS) for names in part.values() for name in names)


def commands(only: str | None = None) -> typer.Typer:
    """The command line; with `only`, as much of it as answers to that name."""
    app = typer.Typer(
        name="collector",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="An open collections contact-center: lawful, auditable, fast.",
        callback=_whole,
    )
    for module, name in _wanted(COMMANDS, only):
        app.command(name)(getattr(import_module(f"collector.cli.{module}"), name.replace("-", "_")))
    for module, name in _wanted(GROUPS, only):
        app.add_typer(getattr(import_module(f"collector.cli.{module}"), name), name=name)
    return app


def _wanted(part: Mapping[str, Sequence[str]], only: str | None) -> list[tuple[str, str]]:
    return [(module, name) for module, names in part.items() for name in names if only in (None, name)]


def _whole() -> None:
    """Of a single command typer would drop the name."""
