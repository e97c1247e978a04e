"""How much of what a case needs is on file, as the list tells it: the papers, which cost the most time to find."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from collector.history.rules import DocumentKind
from collector.legal.casefile.rules import Have, missing
from collector.portfolio.rules import CollectorType, Security


def percent_of_papers(security: Security, collector: CollectorType, papers: Collection[DocumentKind]) -> int:
    """Of the papers that a case of this security needs, rounded down: 100 only when none is missing."""
    none = Have(security, collector, papers=(), obligors=())
    needed = len(missing(none))
    return 100 * (needed - len(missing(replace(none, papers=papers)))) // needed
