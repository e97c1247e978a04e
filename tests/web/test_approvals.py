"""What waits for a second person: who sees it, who decides it, and that every kind can be told."""

from __future__ import annotations

from collector.casework.approvals import KINDS
from collector.web.pages.approvals import SHOWN


def test_every_kind_that_can_be_asked_can_be_shown() -> None:
    assert SHOWN.keys() == KINDS.keys()
