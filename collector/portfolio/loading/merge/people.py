"""Persons and contact points, for accounts and parties alike.

The same person only by ID type and number. A row with an ID updates the person it names (of several rows in a file
the last decides), and gives its ID to a person loaded without one before. Nobody is ever merged.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from collector.portfolio.loading.checks import id_types, plain_id
from collector.portfolio.loading.job import Job, run_sql, unlike
from collector.portfolio.loading.phones import label_of
from collector.portfolio.loading.reading import Rows


def identities(rows: Rows, job: Job) -> dict[str, Sequence[str | None]]:
    """The ID columns of staged rows: type, blind index, sealed number."""
    types: list[str | None] = []
    indexes: list[str | None] = []
    sealed: list[str | None] = []
    for kind, given in zip(id_types(rows, job.book), rows.column("id_no"), strict=True):
        plain = plain_id(given) if given else None
        types.append(kind if plain else None)
        indexes.append(job.keys.blind_index(kind, plain) if plain else None)
        sealed.append(job.keys.seal(plain) if plain else None)
    return {"id_type": types, "id_index": indexes, "id_sealed": sealed}


def salts(count: int) -> list[str]:
    """A random salt each, as hex of 128 bits."""
    pool = os.urandom(16 * count).hex()
    return [pool[at : at + 32] for at in range(0, 32 * count, 32)]


def _leading(stage: str) -> str:
    """Staged rows `s` that bring an ID: of several with the same one the last."""
    return (
        f"(SELECT * FROM {stage} WHERE run = :run AND position IN"  # noqa: S608
        f" (SELECT max(position) FROM {stage} WHERE run = :run AND id_index IS NOT NULL GROUP BY id_index)) s"
    )


def merge_identified(session: Session, stage: str, job: Job) -> list[int]:
    """Persons with an ID: adopt, update, insert. Returns the ids of those that existed and changed."""
    lead = _leading(stage)
    changed = run_sql(
        session,
        f"UPDATE person SET id_type = s.id_type, id_sealed = s.id_sealed, id_index = s.id_index FROM {lead}"  # noqa: S608
        " WHERE person.natural_key = s.natural_key AND person.id_index IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM person o WHERE o.id_index = s.id_index) RETURNING person.id",
        job.values,
    )
    changed += _update(session, lead, "person.id_index = s.id_index", job)
    run_sql(
        session,
        "INSERT INTO person (name, id_type, id_sealed, id_index, salt, language, employer)"  # noqa: S608
        f" SELECT s.name, s.id_type, s.id_sealed, s.id_index, s.salt, '', s.employer FROM {lead}"
        " WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id_index = s.id_index)"
        " ORDER BY s.position ON CONFLICT (id_index) DO NOTHING",
        job.values,
    )
    return changed


def _update(session: Session, source: str, match: str, job: Job) -> list[int]:
    """Names and employers that differ."""
    differs = f"person.name {unlike(session)} s.name"
    changes = "name = s.name"
    if "employer" in job.present:
        differs += f" OR person.employer {unlike(session)} s.employer"
        changes += ", employer = s.employer"
    return run_sql(
        session,
        f"UPDATE person SET {changes} FROM {source} WHERE {match} AND ({differs}) RETURNING person.id",  # noqa: S608
        job.values,
    )


def merge_unidentified(session: Session, stage: str, job: Job, *, known: str, source: str, match: str) -> list[int]:
    """Persons without an ID: insert those who are not `known` (a table, and where), update the others
    (found by `source` and `match`). A person whose ID is known is not renamed by a row that does not bring it."""
    alone = "s.run = :run AND s.id_index IS NULL AND person.id_index IS NULL"
    changed = _update(session, source, f"{match} AND {alone}", job)
    run_sql(
        session,
        "INSERT INTO person (name, natural_key, salt, language, employer)"  # noqa: S608
        f" SELECT s.name, s.natural_key, s.salt, '', s.employer FROM {stage} s"
        f" WHERE s.run = :run AND s.id_index IS NULL AND NOT EXISTS (SELECT 1 FROM {known})"
        " ORDER BY s.position ON CONFLICT (natural_key) DO NOTHING",
        job.values,
    )
    return changed


class Point(NamedTuple):
    """A staged column that holds a contact point; a phone's label is staged beside it where it is another one."""

    column: str
    kind: str
    label: str
    rank: int

    @property
    def labels(self) -> str:
        """The column that its labels are staged in."""
        return f"{self.column}_label"


def labels(rows: Rows, points: Sequence[Point]) -> dict[str, Sequence[str | None]]:
    """The label columns of staged phones; None is what the point says."""
    return {
        point.labels: [None if number is None else label_of(number) for number in given]
        for point in points
        if point.kind == "phone" and (given := rows.columns.get(point.column)) is not None
    }


def merge_points(
    session: Session, job: Job, points: Sequence[Point], source: str, owner: str, person: str, *, fresh: bool
) -> set[int]:
    """Contact points that the book brings. One that is known keeps its status, owner and source: what history found
    out about a number is not undone by a reload; only its rank follows the book, the lowest where it is given more than
    once. Returns the owners (account or party ids) of what changed; where every row is `fresh` nobody asks."""
    points = [point for point in points if point.column in job.present]
    if not points:
        return set()
    brought = _brought(points, source, owner, person)
    owners = set() if fresh else _owners_of_changes(session, job, brought)
    if not (owners or fresh):
        return owners
    unknown = (
        " LEFT JOIN contact_point c ON c.person_id = u.person_id AND c.kind = u.kind AND c.value = u.value"
        " WHERE c.id IS NULL"
    )
    run_sql(
        session,
        "INSERT INTO contact_point (person_id, portfolio_id, kind, value, label, source, owner, status, rank)"  # noqa: S608
        " SELECT u.person_id, CAST(:portfolio AS BIGINT), u.kind, u.value, u.label, 'book', 'own', 'active', u.rank"
        f" FROM {brought} u{' WHERE TRUE' if fresh else unknown}"
        " ORDER BY u.person_id, u.rank ON CONFLICT (person_id, kind, value) DO NOTHING",
        job.values,
    )
    return owners


def _brought(points: Sequence[Point], source: str, owner: str, person: str) -> str:
    """The staged rows turned into one row for each point, in one pass over them."""
    listed = ", ".join(f"({at}, '{point.kind}', '{point.label}', {point.rank})" for at, point in enumerate(points))
    value = " ".join(f"WHEN {at} THEN s.{point.column}" for at, point in enumerate(points))
    label = " ".join(f"WHEN {at} THEN s.{point.labels}" for at, point in enumerate(points) if point.kind == "phone")
    of_phone = f"COALESCE(CASE n.column1 {label} END, n.column3)" if label else "n.column3"
    return (
        f"(SELECT * FROM (SELECT {owner} AS owner, {person} AS person_id, n.column2 AS kind,"  # noqa: S608
        f" CASE n.column1 {value} END AS value, {of_phone} AS label, n.column4 AS rank"
        f" FROM {source} CROSS JOIN (VALUES {listed}) n WHERE s.run = :run) b WHERE b.value IS NOT NULL)"
    )


def _owners_of_changes(session: Session, job: Job, brought: str) -> set[int]:
    lowest = (
        f"(SELECT min(owner) AS owner, person_id, kind, value, min(rank) AS rank FROM {brought} v"  # noqa: S608
        " GROUP BY person_id, kind, value)"
    )
    same = "c.person_id = u.person_id AND c.kind = u.kind AND c.value = u.value"
    moved = "c.source = 'book' AND c.portfolio_id = :portfolio AND c.rank <> u.rank"
    owners = run_sql(
        session,
        f"SELECT u.owner FROM {lowest} u LEFT JOIN contact_point c ON {same} WHERE c.id IS NULL OR ({moved})",  # noqa: S608
        job.values,
    )
    if owners:
        run_sql(
            session,
            f"UPDATE contact_point AS c SET rank = u.rank FROM {lowest} u WHERE {same} AND {moved}",  # noqa: S608
            job.values,
        )
    return set(owners)
