"""The program: every command of the command line, and the processes serve, worker, sandbox and demo."""

from __future__ import annotations

import sys
from importlib import import_module

from collector.cli.commands import NAMES, commands


def main() -> None:
    """What the `collector` script runs. A command that does one thing and ends does not wait for the others, the web
    server and the sandbox to be imported."""
    name = next(iter(sys.argv[1:2]), "")
    if name in NAMES:
        commands(name)()
    else:
        import_module("collector.processes").app()


if __name__ == "__main__":
    main()
