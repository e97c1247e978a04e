"""The timetable rings; each job does what is due, and one worker leads."""

from __future__ import annotations

import threading

import pytest
from floor import Story, moment

from collector.audit.tables import AuditEntry, AuditLink
from collector.foundation.database import Database
from collector.planning.rules import TaskState
from collector.worker.run import Leader, run
from collector.worker.schedule import TIMETABLE

NOW = moment("2026-05-13 09:00")


@pytest.fixture
def story(database: Database) -> Story:
    story = Story(database)
    story.borrower("2026-05-12", "2026-06-12")
    return story


def test_every_bell_does_its_job_and_finds_nothing_left_the_second_time(story: Story) -> None:
    jobs = {bell.name: bell.job for bell in TIMETABLE}
    assert len(jobs) == len(TIMETABLE)
    given = (story.office, lambda: NOW, lambda: False)
    assert jobs["plan"](*given) == ["CN", "US"]
    for name in ("send", "reconcile", "sweep", "seal", "seal-late"):
        jobs[name](*given)
    assert [task.state for task in story.tasks()] == [TaskState.sent]
    assert len(story.rows(AuditLink)) == len(story.rows(AuditEntry))
    assert jobs["plan"](*given) == []
    assert (jobs["seal"](*given), jobs["seal-late"](*given)) == (0, 0)


def test_one_leads_and_the_next_takes_over(database: Database) -> None:
    first, second, stopped = Leader(database), Leader(database), threading.Event()
    assert first.become(stopped)
    if database.is_postgresql:
        stopped.set()
        waiting = threading.Event()
        found: list[bool] = []
        thread = threading.Thread(target=lambda: found.append(second.become(waiting)))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "while the first leads, the second waits"
        first.resign()
        thread.join(10)
        assert found == [True]
        second.assure()
        second.resign()


def test_the_worker_rings_until_it_is_told_to_stop(story: Story) -> None:
    stop = threading.Event()
    rung = threading.Event()
    thread = threading.Thread(target=run, args=(story.office, lambda: NOW, stop, rung.set))
    thread.start()
    assert rung.wait(20)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
