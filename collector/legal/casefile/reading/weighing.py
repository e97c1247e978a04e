"""What there is of everything that a case needs, for the completeness check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from collector.foundation.clock import local_day
from collector.foundation.logs import printable
from collector.history.rules import Channel, DocumentKind
from collector.history.tables import Attempt
from collector.legal.casefile.reading.material import Material
from collector.legal.casefile.rules import Have, Obligor
from collector.portfolio.rules import ContactKind


def have(material: Material, lacking: int = 0) -> Have:
    """What the completeness check looks at."""
    papers = [row.kind for row in material.documents]
    addressed = {point.person_id for point in material.points if point.kind is ContactKind.address}
    covers = material.portfolio.payments_as_of
    return Have(
        security=material.account.security,
        collector_type=material.portfolio.collector_type,
        papers=frozenset(papers),
        obligors=[
            Obligor(one.person.id or 0, one.role, one.id_no is not None, one.person.id in addressed)
            for one in material.people
            if one.owes
        ],
        identified=frozenset(_identified(material)),
        gaps=material.statement.gaps,
        has_opening=material.account.opened_on is not None,
        letters=_unproved(material),
        receipts=_loose(material),
        held_payments=material.held_payments,
        originals_out=material.originals_out,
        payments_current=covers is not None and local_day(covers, material.portfolio.timezone) >= _yesterday(material),
        unsealed=sum(link.position is None for link in material.audit),
        lacking=lacking + sum(printable(one.person.name) != one.person.name for one in material.people if one.owes),
    )


def loose_letters(material: Material) -> list[Attempt]:
    """Letters that only a contact tells of, as those of an earlier system."""
    ours = {step.attempt_id for one in material.letters for step in one.steps.values()}
    return [row for row in material.attempts if row.channel is Channel.letter and row.id not in ours]


def _unproved(material: Material) -> int:
    """Letters of which nothing on file proves what became of them."""
    ends = [one.end for one in material.letters]
    return sum(end is None or end.document_id is None for end in ends) + len(loose_letters(material))


def _loose(material: Material) -> int:
    """Receipts, and letters that came back, that no letter of ours names."""
    named = {step.document_id for one in material.letters for step in one.steps.values()}
    proofs = (DocumentKind.letter_receipt, DocumentKind.letter_returned)
    return sum(row.kind in proofs and row.id not in named for row in material.documents)


def _yesterday(material: Material) -> date:
    return local_day(material.as_of, material.portfolio.timezone) - timedelta(days=1)


def _identified(material: Material) -> Iterator[int]:
    """Whose ID copy is on file; one that names nobody is the borrower's."""
    for row in material.documents:
        if row.kind is DocumentKind.identity:
            yield row.person_id or material.account.person_id
