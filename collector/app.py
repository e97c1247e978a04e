"""Wiring: the parts of an installation, put together from its settings."""

from __future__ import annotations

from importlib import import_module

ROOMS_WITH_TABLES = (
    "audit",
    "identity",
    "portfolio",
    "history",
    "facts",
    "strategy",
    "planning",
    "dispatch",
)


def load_tables() -> None:
    """Make every table known to the metadata."""
    for room in ROOMS_WITH_TABLES:
        import_module(f"collector.{room}.tables")
