"""Several at once, and two plans that did not know of each other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from floor import Borrower, Story
from sqlmodel import select

from collector.planning.tables import Task
from collector.portfolio.tables import Portfolio

R = TypeVar("R")


def at_once(*jobs: Callable[[], R]) -> list[R]:
    """All of them, begun at the same moment."""
    gate = Barrier(len(jobs))

    def begun(job: Callable[[], R]) -> R:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(60) for future in [pool.submit(begun, job) for job in jobs]]


def twin(story: Story, who: Borrower, **changes: Any) -> None:
    """The person's planned task a second time, as two plans that did not know of each other would have it."""
    task = story.tasks(who)[0].model_dump(exclude={"id"})
    with story.database.begin() as session:
        session.add(Task(**{**task, **changes}))


def tighten(story: Story, rule: str, cap: int) -> None:
    """A lower cap in every portfolio."""
    with story.database.begin() as session:
        for book in session.exec(select(Portfolio)):
            book.tightening = {rule: {"cap": cap}}
