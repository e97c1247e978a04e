"""Messages: claimed, sent, received, reported on."""

from __future__ import annotations

from floor import Story, moment

from collector.casework import actions as casework
from collector.dispatch.rules import Progress
from collector.dispatch.tables import Submission
from collector.history.rules import Channel
from collector.history.tables import Attempt, Delivery
from collector.planning.rules import TaskState


def test_a_message_is_claimed_sent_recorded_and_reported_on(story: Story) -> None:
    wang = story.borrower("2026-05-11", "2026-06-11")
    story.plan("2026-05-12 07:00")
    assert story.send("2026-05-12 07:30").sent == 0, "before the window"

    assert story.send("2026-05-12 09:00").sent == 1
    message, cleared = story.carrier.sent[0]
    assert message.to == wang.number
    [task] = story.tasks(wang)
    assert (task.state, cleared.task_id) == (TaskState.sent, task.id)
    [attempt] = story.rows(Attempt)
    assert (attempt.id, attempt.text, attempt.channel) == (task.attempt_id, message.body, Channel.sms)
    assert story.facts(wang, "2026-05-12 09:01").accounts[0].step == task.step
    assert story.send("2026-05-12 09:05").sent == 0, "once"

    token = message.status_url.rsplit("/", 1)[1]
    told = {"token": token, "sid": "SM1", "status": "delivered", "progress": Progress.delivered, "error_code": None}
    assert story.do(casework.message_status, **told, at=moment("2026-05-12 09:06"))
    assert not story.do(casework.message_status, **told, at=moment("2026-05-13 09:06")), "a repeated webhook"
    assert story.tasks(wang)[0].state is TaskState.done
    assert [row.status for row in story.rows(Delivery)] == ["delivered"]
    assert [row.progress for row in story.rows(Submission)] == [Progress.delivered]
