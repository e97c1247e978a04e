"""Reports of the carrier in any order, doubled and late: the same end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from floor import Borrower, Story, moment

from collector.casework import actions as casework
from collector.casework.actions.receipts import Answered, take_receipts
from collector.dispatch.actions import claim_messages
from collector.dispatch.carriers import Receipt
from collector.dispatch.queries import held_submission
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.dispatch.twilio_words import MESSAGE_PROGRESS
from collector.foundation.database import Database
from collector.history.tables import Attempt, Delivery
from collector.planning.rules import TaskState

AT = moment("2026-05-12 09:00")
RECEIPT = "the receipt"


def left_in_sending(story: Story, count: int) -> list[tuple[Borrower, str]]:
    """Messages committed as `sending`, whose worker is gone; with the tokens of their callbacks."""
    people = {who.person_id: who for who in (story.borrower("2026-05-11", "2026-06-11") for _ in range(count))}
    story.plan("2026-05-12 07:00")
    with story.database.begin() as session:
        claims = claim_messages(session, story.office.catalogue, story.office.capabilities, AT, count)
    return [(people[ready.person_id], ready.token) for ready in claims.ready]


def hear(story: Story, token: str, report: str) -> None:
    sid, (status, _, code) = f"SM{token}", report.partition(" ")
    if report == RECEIPT:
        with story.database.begin() as session:
            held = held_submission(session, token)
            assert held is not None
            take_receipts(session, story.office, [Answered(*held, Receipt(sid, Progress.accepted))], AT)
        return
    story.do(
        casework.message_status,
        token=token,
        sid=sid,
        status=status,
        progress=MESSAGE_PROGRESS[status],
        error_code=int(code) if code else None,
        at=moment("2026-05-12 09:01"),
    )


def end(story: Story, who: Borrower) -> tuple[object, ...]:
    [task] = story.tasks(who)
    [row] = story.rows(Submission, Submission.task_id == task.id)
    story.follow(who, "2026-05-12 09:02")
    attempts = story.rows(Attempt, Attempt.person_id == who.person_id)
    delivered = story.rows(Delivery, Delivery.attempt_id == task.attempt_id)
    facts = story.facts(who, "2026-05-12 09:02").body
    learned = [phone.label for phone in facts.phones], [mark.mark for mark in facts.standing]
    counts = len(attempts), len(delivered), len(facts.events)
    return task.state, row.progress, row.error_code, row.sid is not None, counts, str(learned)


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        pytest.param(["queued", "sent", "delivered"], TaskState.done, id="delivered"),
        pytest.param(["queued", "sent", "undelivered"], TaskState.failed, id="undelivered"),
        pytest.param(["queued", "failed"], TaskState.failed, id="failed"),
        pytest.param(["sent", "undelivered", "delivered"], TaskState.done, id="the carrier corrects itself"),
        pytest.param(["undelivered 30006", "delivered"], TaskState.done, id="a landline that takes messages after all"),
        pytest.param(["sent", "undelivered 21610"], TaskState.failed, id="opted out"),
        pytest.param(["sent", "failed 30003"], TaskState.failed, id="unreachable"),
    ],
)
def test_every_order_of_reports_has_the_same_end(database: Database, reports: Sequence[str], state: TaskState) -> None:
    story = Story(database)
    orders = list(permutations([*reports, RECEIPT]))
    ends = set()
    for number, (order, (who, token)) in enumerate(zip(orders, left_in_sending(story, len(orders)), strict=True)):
        for report in [*order, *order[: number % 3]]:
            hear(story, token, report)
        ends.add(end(story, who))
    assert len(ends) == 1
    assert next(iter(ends))[0] is state
