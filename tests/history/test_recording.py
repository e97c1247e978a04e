"""What happened is written down once, corrected by new rows, and audited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from floor import DUE, LI, Floor, noon
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from collector.audit.tables import AuditEntry
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.rules import (
    Channel,
    HoldReason,
    HoldScope,
    Outcome,
    ReferralKind,
    ReferralState,
    Standing,
    StopKind,
)
from collector.history.tables import Attempt, OutcomeRow

NOW = noon(DUE + timedelta(days=1))
HOUR = timedelta(hours=1)
REFUSED = r"append-only|can only be emptied"


def actions_of(session: Session) -> list[str]:
    session.flush()
    return [row.action for row in session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()]  # type: ignore[arg-type]


def test_an_attempt_is_recorded_once_and_its_outcome_corrected_by_a_new_row(session: Session) -> None:
    floor = Floor(session)
    first = floor.contact(NOW)
    floor.contacts = 0
    assert floor.contact(NOW) is first
    assert len(session.exec(select(Attempt)).all()) == 1
    number = first.id or 0
    history.record_outcome(session, number, Outcome.busy, NOW, NOW + HOUR, LI, note="was engaged")
    history.record_outcome(session, number, Outcome.busy, NOW, NOW + HOUR, LI, note="was engaged")
    rows = session.exec(select(OutcomeRow).where(OutcomeRow.attempt_id == number)).all()
    assert sorted(row.outcome for row in rows) == ["busy", "no_answer"]
    assert actions_of(session) == ["attempt.recorded", "outcome.recorded", "outcome.recorded"]


def test_nothing_is_recorded_before_it_happens(session: Session) -> None:
    floor = Floor(session)
    with pytest.raises(BadInput):
        history.record_attempt(
            session,
            history.AttemptMade(
                natural_key="early",
                person_id=floor.wang,
                portfolio_id=floor.cn,
                channel=Channel.call,
                at=NOW + HOUR,
                day=NOW.date(),
            ),
            NOW,
            LI,
        )


def test_the_audit_holds_no_numbers_texts_or_names(session: Session) -> None:
    floor = Floor(session)
    floor.text(NOW, purpose="collect")
    history.stop(session, kind=StopKind.opt_out, at=NOW, actor=LI, number="+8613812340001", reason="he said STOP")
    told = "".join(str(row.detail) for row in session.exec(select(AuditEntry)).all())
    assert "1381234" not in told
    assert "STOP" not in told


def test_a_receipt_counts_once(session: Session) -> None:
    sent = Floor(session).text(NOW)
    assert history.record_delivery(session, sent.id or 0, "delivered", NOW, NOW, LI)
    assert not history.record_delivery(session, sent.id or 0, "delivered", NOW + HOUR, NOW + HOUR, LI)


def test_the_same_stop_is_one_until_it_is_lifted(session: Session) -> None:
    floor = Floor(session)
    given = {"kind": StopKind.cease, "actor": LI, "person_id": floor.wang}
    first = history.stop(session, at=NOW, **given)  # type: ignore[arg-type]
    assert history.stop(session, at=NOW + HOUR, **given) is first  # type: ignore[arg-type]
    history.lift_stop(session, first.id or 0, NOW + HOUR, LI)
    assert history.lift_stop(session, first.id or 0, NOW + 2 * HOUR, LI).lifted_at == NOW + HOUR
    assert history.stop(session, at=NOW + 2 * HOUR, **given) is not first  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"scope": HoldScope.person}, id="no person"),
        pytest.param({"scope": HoldScope.segment, "person_id": 1}, id="no segment"),
        pytest.param({"scope": HoldScope.everything, "until": NOW}, id="ends when it begins"),
    ],
)
def test_a_hold_says_what_it_holds(session: Session, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        history.hold(session, reason=HoldReason.supervisor, at=NOW, actor=LI, **wrong)  # type: ignore[arg-type]


def test_says_paid_gives_two_working_days_of_quiet_and_not_more_for_saying_it_again(session: Session) -> None:
    floor = Floor(session)
    friday = noon(DUE + timedelta(days=5))
    first = history.says_paid(session, account_id=floor.loan, person_id=floor.wang, now=friday, actor=LI)
    assert first.until == noon(DUE + timedelta(days=10), 0)
    again = history.says_paid(session, account_id=floor.loan, person_id=floor.wang, now=friday + HOUR, actor=LI)
    assert again is first


def test_a_referral_is_open_once_and_moves_only_forward(session: Session) -> None:
    floor = Floor(session)
    given = {
        "kind": ReferralKind.legal,
        "person_id": floor.wang,
        "account_id": floor.loan,
        "portfolio_id": floor.cn,
        "reasons": [{"trigger": "lian_san_lei_liu"}],
        "evidence": {},
        "now": NOW,
        "actor": LI,
    }
    row = history.open_referral(session, **given)  # type: ignore[arg-type]
    assert history.open_referral(session, **given) is row  # type: ignore[arg-type]
    history.move_referral(session, row.id or 0, ReferralState.recalled, NOW + HOUR, LI, "paid")
    with pytest.raises(Conflict):
        history.move_referral(session, row.id or 0, ReferralState.accepted, NOW + HOUR, LI)
    assert history.open_referral(session, **given) is not row  # type: ignore[arg-type]


def test_a_dispute_is_answered_once(session: Session) -> None:
    floor = Floor(session)
    row = history.open_dispute(
        session,
        account_id=floor.loan,
        person_id=floor.wang,
        reason="not mine",
        at=NOW,
        today=DUE,
        now=NOW,
        actor=LI,
        answer_days=10,
    )
    assert row.answer_by == DUE + timedelta(days=10)
    history.answer_dispute(session, row.id or 0, "it is", NOW + HOUR, LI)
    with pytest.raises(Conflict):
        history.answer_dispute(session, row.id or 0, "really", NOW + 2 * HOUR, LI)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attempt SET at = :at",
        "UPDATE attempt SET text = 'another text'",
        "UPDATE attempt SET number = '+8613812349999'",
        "DELETE FROM attempt",
        "UPDATE outcome SET outcome = 'right_party'",
        "DELETE FROM outcome",
        "UPDATE standing SET kind = 'revoked'",
        "UPDATE standing SET natural_key = 'another'",
        "DELETE FROM standing",
        "UPDATE disposition SET refuses = NOT refuses",
        "DELETE FROM delivery",
    ],
)
def test_what_happened_can_not_be_written_anew(session: Session, statement: str) -> None:
    """Whoever tries: the database itself refuses."""
    _something_of_everything(session)
    with pytest.raises(DatabaseError, match=REFUSED), session.begin_nested():
        session.execute(text(statement), {"at": NOW + HOUR} if ":at" in statement else {})


def test_what_must_be_forgotten_about_a_person_can_be_emptied_and_stays_empty(session: Session) -> None:
    _something_of_everything(session)
    empty = "'{}'"
    for statement in (
        "UPDATE attempt SET text = NULL, number = NULL",
        "UPDATE outcome SET note = NULL",
        "UPDATE disposition SET note = NULL, next_step = NULL",
        f"UPDATE standing SET number = NULL, detail = {empty}",
    ):
        session.execute(text(statement))
    with pytest.raises(DatabaseError, match=REFUSED), session.begin_nested():
        session.execute(text("UPDATE attempt SET text = 'made up'"))


def _something_of_everything(session: Session) -> None:
    floor = Floor(session)
    sent = floor.text(NOW)
    floor.contact(NOW + HOUR, text="said")
    history.record_delivery(session, sent.id or 0, "delivered", NOW, NOW, LI)
    history.record_disposition(session, person_id=floor.wang, occurred_at=NOW, now=NOW, actor=LI, note="a note")
    history.standing(
        session, person_id=floor.wang, kind=Standing.consent, at=NOW, now=NOW, actor=LI, natural_key="a key"
    )
    session.flush()
