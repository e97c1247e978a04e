"""The program: every command of the command line, and the processes serve, worker, sandbox and demo."""

from __future__ import annotations

import sys
from importlib import import_module

from collector.cli.main import app

SHORT = frozenset(command.name or "" for command in app.registered_commands) | frozenset(
    group.name or "" for group in app.registered_groups
)
"""Commands that do one thing and end. They do not wait for the web server and the sandbox to be imported."""


def main() -> None:
    """What the `collector` script runs."""
    if not SHORT.intersection(sys.argv[1:2]):
        import_module("collector.processes")
    app()


if __name__ == "__main__":
    main()
