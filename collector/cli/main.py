"""The whole command line."""

from collector.cli.commands import commands

app = commands()
