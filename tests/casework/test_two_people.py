"""What leads people to pay or to call, and what leaves the house, changes only by two people, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from casework.racing import at_once
from floor import Story, moment
from sqlmodel import Session, col, select

from collector.audit.tables import AuditEntry
from collector.casework import actions, approvals
from collector.casework.approvals import exports, holds, texts, ways
from collector.dispatch.tables import Submission
from collector.foundation.errors import BadInput, CollectorError, Conflict, Forbidden
from collector.history.rules import HoldScope
from collector.history.tables import Hold
from collector.identity.rules import Actor, ApprovalState, Level, Role
from collector.identity.tables import Approval
from collector.planning.tables import Refusal
from collector.portfolio.rules import LoadKind
from collector.portfolio.rules.ways import WaysState
from collector.portfolio.tables import Account, CallerNumber, Portfolio, WaysChange
from collector.reports import actions as reports
from collector.reports.queries import choose
from collector.reports.rules import COLUMNS, Format, OfStage, Stage, described
from collector.reports.tables import ExportRecord
from collector.texts import actions as registering
from collector.texts.rules import Registration

AT = moment("2026-05-12 10:00")
LATER = AT + timedelta(hours=24)
SOFT = "purpose: overdue\ntone: soft\n---\n{{ signature }}您好，{{ overdue }}逾期，请安排。{{ opt_out }}\n"


class Two:
    """Operations asks, a supervisor agrees."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.zhao = story.agent("zhao", None, Level.senior, Role.operations)
        self.wang = story.agent("wang", None, Level.senior, Role.supervisor)
        self.who = story.borrower("2026-05-11")

    def ask(self, wanted: dict[str, Any], maker: Actor | None = None, now: datetime = AT) -> Approval:
        return self.story.do(
            lambda session, _: ways.propose(
                session, session.get_one(Portfolio, self.story.cn), wanted, maker or self.zhao, now
            )
        )

    def decide(self, asked: Approval, *, yes: bool = True, by: Actor | None = None, now: datetime = AT) -> Approval:
        more = {"shown": asked.digest, "yes": yes, "reason": "", "actor": by or self.wang, "now": now}
        return self.story.do(approvals.decide, asked.id, **more)

    def one(self, table: Any, *conditions: Any) -> Any:
        with self.story.database.read() as session:
            return session.exec(select(table).where(*conditions).order_by(col(table.id).desc())).first()

    @property
    def book(self) -> Portfolio:
        return self.one(Portfolio, Portfolio.code == "CN")

    def load(self, tmp_path: Path, kind: LoadKind, body: str, now: datetime = AT) -> Any:
        file = tmp_path / f"{kind}.csv"
        file.write_text(body, encoding="utf-8")
        more = {"portfolio": None, "mapping": None, "rejects": None, "as_of": None, "actor": "user:zhao"}
        return actions.load(self.story.office, kind, file, at=now, **more)


@pytest.fixture
def two(story: Story) -> Two:
    return Two(story)


def books(instructions: str = "", sender: str = "Bank A", days: int = 0) -> str:
    return (
        "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name,pay_instructions,"
        f"grace_days\nCN,Bank A,creditor,bank_loan,CNY,Asia/Shanghai,cn,zh,{sender},{instructions},{days}\n"
    )


def test_a_change_is_asked_by_one_agreed_by_another_and_counts_a_day_later(two: Two) -> None:
    asked = two.ask({"pay_instructions": "pay.bank-a.com", "callers": ["+862155519999 call"]})
    with pytest.raises(Forbidden):
        two.decide(asked, by=two.zhao)
    two.decide(asked)
    assert two.story.sweep("2026-05-13 09:59").ways_in_force == 0
    assert two.book.pay_instructions == ""
    assert two.story.sweep("2026-05-13 10:00").ways_in_force == 1
    assert two.book.pay_instructions == "pay.bank-a.com"
    with two.story.database.read() as session:
        lines = {row.number: row.channels for row in session.exec(select(CallerNumber).where(
            CallerNumber.portfolio_id == two.story.cn))}  # fmt: skip
        told = session.exec(select(AuditEntry.action).where(col(AuditEntry.action).like("ways.%"))).all()
    assert lines.pop("+862155519999") == "call"
    assert set(lines.values()) == {""}, "a number that is not among them is used no more, and is kept"
    assert told == ["ways.propose", "ways.approved", "ways.agreed", "ways.in_force"]
    assert two.story.sweep("2026-05-13 11:00").ways_in_force == 0


def test_a_change_is_cancelled_while_it_waits_and_stays_known(two: Two) -> None:
    two.decide(two.ask({"links": ["pay.bank-a.com"]}))
    row = two.one(WaysChange)
    with pytest.raises(Conflict, match="under way"):
        two.ask({"links": ["pay.other.com"]})
    two.story.do(actions.cancel_ways, row.id, at=AT, actor=two.zhao, reason="a slip")
    with pytest.raises(Conflict, match="cancelled already"):
        two.story.do(actions.cancel_ways, row.id, at=AT, actor=two.zhao, reason="again")
    assert two.story.sweep("2026-05-14 10:00").ways_in_force == 0
    assert (two.one(WaysChange).state, two.one(WaysChange).ended_because) == (WaysState.cancelled, "a slip")
    assert two.book.links == []


def test_what_is_asked_otherwise_voids_what_was_shown_before(two: Two) -> None:
    first = two.ask({"links": ["pay.bank-a.com"]})
    assert two.ask({"links": ["pay.bank-a.com"]}).id == first.id
    second = two.ask({"links": ["pay.bank-b.com"]})
    with pytest.raises(Conflict, match="withdrawn"):
        two.decide(first)
    with pytest.raises(Conflict, match="under way"):
        two.ask({"links": ["pay.bank-c.com"]}, maker=two.wang)
    with pytest.raises(Conflict, match="open it again"):
        two.story.do(approvals.decide, second.id, shown=first.digest, yes=True, reason="", actor=two.wang, now=AT)
    two.story.do(lambda session, _: approvals.withdraw(session, second.id, two.zhao, AT))
    with pytest.raises(Conflict, match="withdrawn"):
        two.decide(second)


def test_what_was_changed_meanwhile_is_not_agreed_to(two: Two) -> None:
    asked = two.ask({"pay_instructions": "in the app"})
    with two.story.database.begin() as session:
        session.get_one(Portfolio, two.story.cn).pay_instructions = "at the counter"
    with pytest.raises(Conflict, match="changed since"):
        two.decide(asked)
    assert two.one(Approval).state is ApprovalState.open


def test_a_file_changes_no_way_to_pay_by_itself(two: Two, tmp_path: Path) -> None:
    done = two.load(tmp_path, LoadKind.portfolios, books("evil.com", days=3))
    assert (done.read, done.accepted, done.rejected, done.proposed) == (1, 1, 0, ("CN",))
    assert (two.book.pay_instructions, two.book.grace_days) == ("", 3)
    again = two.load(tmp_path, LoadKind.portfolios, books("evil.com", days=3))
    assert (again.accepted, again.unchanged, again.proposed) == (0, 1, ())
    newer = two.load(tmp_path, LoadKind.portfolios, books("other.com", days=3))
    assert newer.proposed == ("CN",), "a newer file takes the place of what a file proposed"
    asked = two.one(Approval)
    assert asked.body["changes"] == {"pay_instructions": {"before": "", "after": "other.com"}}
    with pytest.raises(Forbidden):
        two.decide(asked, by=two.zhao)
    two.decide(asked)
    refused = two.load(tmp_path, LoadKind.portfolios, books("third.com", days=3))
    assert (refused.rejected, refused.proposed) == (1, ())
    assert "under way" in str(refused.problems[0])
    assert two.load(tmp_path, LoadKind.portfolios, books("other.com", days=3)).unchanged == 1


def test_a_file_of_caller_numbers_proposes_them_once_people_are_written_to(two: Two, tmp_path: Path) -> None:
    done = two.load(tmp_path, LoadKind.callers, "portfolio,number\nCN,+862155519998\nCN,+862155519999\n")
    assert (done.accepted, done.proposed) == (2, ("CN",))
    assert two.one(CallerNumber, CallerNumber.number == "+862155519999") is None
    two.decide(two.one(Approval))
    actions.ways_take_effect(two.story.office, LATER)
    assert two.one(CallerNumber, CallerNumber.number == "+862155519999").channels == "call,sms"
    assert two.load(tmp_path, LoadKind.callers, "portfolio,number\nCN,+862155519998\n").unchanged == 1


def test_a_portfolio_to_which_nobody_belongs_yet_is_set_by_its_files(two: Two, tmp_path: Path) -> None:
    new = books("pay.new.com").replace("\nCN,", "\nNEW,")
    two.load(tmp_path, LoadKind.portfolios, new)
    done = two.load(tmp_path, LoadKind.portfolios, new.replace("pay.new.com", "pay.newer.com"))
    assert (done.accepted, done.proposed) == (1, ())
    assert two.one(Portfolio, Portfolio.code == "NEW").pay_instructions == "pay.newer.com"


def test_of_a_yes_a_no_and_a_withdrawal_one_wins(two: Two) -> None:
    asked = two.ask({"links": ["pay.bank-a.com"]})
    others = [two.story.agent(f"boss{n}", None, Level.senior, Role.supervisor) for n in range(2)]

    def attempt(job: Any) -> str:
        try:
            job()
        except CollectorError as error:
            return error.message
        return ""

    def withdrawn() -> None:
        two.story.do(lambda session, _: approvals.withdraw(session, asked.id or 0, two.zhao, AT))

    jobs = [
        lambda: attempt(lambda: two.decide(asked, by=others[0])),
        lambda: attempt(lambda: two.decide(asked, by=others[1], yes=False)),
        lambda: attempt(withdrawn),
        lambda: attempt(lambda: two.decide(asked)),
    ]
    said = at_once(*jobs)
    assert said.count("") == 1, said
    with two.story.database.read() as session:
        ends = session.exec(
            select(AuditEntry.action).where(
                col(AuditEntry.action).in_(["ways.approved", "ways.rejected", "ways.withdrawn"])
            )
        ).all()
    assert len(ends) == 1


def sent(two: Two, at: str = "2026-05-12 09:00") -> list[str]:
    two.story.plan("2026-05-12 07:00")
    two.story.send(at)
    with two.story.database.read() as session:
        return [row.body or "" for row in session.exec(select(Submission).order_by(col(Submission.id)))]


def refused(two: Two) -> list[str]:
    with two.story.database.read() as session:
        return [row.rules for row in session.exec(select(Refusal).order_by(col(Refusal.id)))]


def test_words_that_two_people_agreed_to_are_sent_from_then_on(two: Two) -> None:
    used = _named(two)
    with two.story.database.read() as session:
        held = two.story.office.texts(session).template(used, "zh")
    source = held.source.replace("{{ name }}", "{{ name }}，早安", 1)
    ask = (texts.propose, "zh", used, source, "kinder", two.zhao, AT)
    asked = two.story.do(ask[0], *ask[1:])
    with pytest.raises(Forbidden):
        two.decide(asked, by=two.zhao)
    two.decide(asked)
    [body] = sent(two)
    assert "早安" in body
    told = two.one(AuditEntry, AuditEntry.action == "texts.used")
    with two.story.database.read() as session:
        now_held = two.story.office.texts(session).template(used, "zh")
    assert told.detail[f"zh/{used}"] == now_held.digest != held.digest
    with pytest.raises(BadInput, match="nothing would change"):
        two.story.do(*ask)


def _named(two: Two) -> str:
    """The template of the message that is due."""
    two.story.plan("2026-05-12 07:00")
    [task] = two.story.tasks(two.who)
    return str(task.template)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(SOFT.replace("请安排", "请登录evil.com"), id="link"),
        pytest.param(SOFT.replace("请安排", "请致电13800138000"), id="phone"),
        pytest.param(SOFT.replace("{{ overdue }}", "{{ 'a'*10**9 }}"), id="code"),
        pytest.param(SOFT.replace("{{ signature }}", ""), id="no signature"),
    ],
)
def test_words_that_do_not_pass_can_not_even_be_asked_for(two: Two, source: str) -> None:
    with pytest.raises(BadInput):
        two.story.do(texts.propose, "zh", "overdue-soft", source, "", two.zhao, AT)
    assert two.one(Approval) is None


def test_where_the_carrier_takes_registered_texts_only_these_very_words_must_be(two: Two) -> None:
    two.story.office.settings.registered_texts = "cn"
    assert sent(two) == []
    assert any("not registered" in rules for rules in refused(two))
    name = "overdue-first"
    with two.story.database.begin() as session:
        digest = two.story.office.texts(session).template(name, "zh").digest
        known = {"carrier_id": "T-1", "since": AT.date(), "until": None, "note": "", "actor": "user:zhao", "at": AT}
        registering.register(session, two.story.cn, "memory", "zh", name, digest, Registration.registered, **known)
    assert len(sent(two)) == 1


@pytest.mark.parametrize(
    ("days", "needs"), [pytest.param(3, False, id="within the policy"), pytest.param(4, True, id="beyond it")]
)
def test_a_hold_is_made_longer_by_one_a_little_and_by_two_beyond_that(two: Two, days: int, needs: bool) -> None:
    agent, end = two.story.agent("li"), moment("2026-05-14 23:59")
    held = on_hold(two, end)
    until, mine = end + timedelta(days=days), {"account_id": two.who.account_id, "hold_id": held}
    if not needs:
        two.story.do(actions.extend_hold, until=until, at=AT, actor=agent, **mine)
        assert two.one(Hold).until == until
        with pytest.raises(actions.NeedsSecondPerson):
            two.story.do(actions.extend_hold, until=until + timedelta(days=1), at=AT, actor=agent, **mine)
        return
    with pytest.raises(actions.NeedsSecondPerson):
        two.story.do(actions.extend_hold, until=until, at=AT, actor=two.wang, **mine)
    asked = two.story.do(
        lambda session, _: holds.propose(session, _account(session, two), held, until, "is in hospital", agent, AT)
    )
    two.decide(asked)
    longer = two.one(Hold)
    assert (longer.until, longer.extends_id, longer.actor, longer.note) == (until, held, "user:li", "is in hospital")
    two.story.do(actions.lift_hold, held, AT, two.wang)
    assert two.one(Hold, col(Hold.lifted_at).is_(None)) is None, "lifted with all that made it longer"


def on_hold(two: Two, end: datetime) -> int:
    mine: dict[str, Any] = {"scope": HoldScope.account, "account_id": two.who.account_id}
    return two.story.do(
        lambda session, office: actions.hold(session, office, **mine, until=end, at=AT, actor=two.wang).id
    )


def _account(session: Session, two: Two) -> Any:
    return session.get_one(Account, two.who.account_id)


def test_a_yes_to_a_longer_hold_serves_once_and_only_for_what_was_shown(two: Two) -> None:
    end = moment("2026-05-14 23:59")
    held = on_hold(two, end)
    asked = two.story.do(
        lambda session, _: holds.propose(
            session, _account(session, two), held, end + timedelta(days=9), "", two.zhao, AT
        )
    )
    mine = {"account_id": two.who.account_id, "hold_id": held, "at": AT, "actor": two.zhao}
    two.story.do(actions.extend_hold, until=end + timedelta(days=1), **mine)
    with pytest.raises(Conflict, match="no longer as it was"):
        two.decide(asked)
    with pytest.raises(BadInput, match="92 days"):
        two.story.do(actions.extend_hold, until=end + timedelta(days=93), **mine)


def test_a_large_list_leaves_once_for_who_asked_within_a_day_and_the_ledger_names_the_yes(two: Two) -> None:
    wanted = OfStage(Stage.book)

    def order(session: Session, actor: Actor, now: datetime) -> reports.Order:
        chosen = choose(session, actor.scope, "CNY")
        assert chosen is not None
        agreed = next(iter(exports.agreed(session, "CNY", described(wanted), actor, now)), None)
        return reports.Order(chosen, wanted, Format.csv, {}, actor, agreed)

    def take(actor: Actor, now: datetime) -> ExportRecord:
        with two.story.database.read() as session:
            asked_for = order(session, actor, now)
            written = reports.write(session, asked_for, now)
        two.story.do(lambda session, _: reports.enter(session, asked_for, written, now))
        return two.one(ExportRecord)

    two.story.do(actions.follow_up, {two.who.person_id}, AT)
    poor = Actor(two.zhao.name, two.zhao.user_id, frozenset({Role.agent}))
    with pytest.raises(Forbidden):
        take(poor, AT)
    asked = two.story.do(
        lambda session, _: exports.propose(session, "CNY", [two.story.cn], described(wanted), COLUMNS, 1, poor, AT)
    )
    two.decide(asked)
    stranger = two.story.agent("other")
    with pytest.raises(Forbidden):
        take(stranger, AT)
    with pytest.raises(Forbidden):
        take(poor, AT + timedelta(hours=24))
    two.story.do(actions.follow_up, {two.story.borrower("2026-05-11").person_id}, AT)
    with pytest.raises(Forbidden, match="2 rows by now, 1 were agreed"):
        take(poor, AT)
    with two.story.database.begin() as session:
        session.get_one(Approval, asked.id).body = {**asked.body, "rows": 2}
    row = take(poor, AT)
    assert (row.approval_id, row.rows) == (asked.id, 2)
    with pytest.raises(Conflict, match="taken already"):
        take(poor, AT)
