"""People whose accounts are settled long ago, with everything that is kept of them; and a purge of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from floor import AMOUNT, Borrower, Story, moment
from sqlmodel import select

from collector.casework import actions as casework
from collector.casework import approvals
from collector.casework.approvals import retention as asking
from collector.dispatch.rules import RecordingState
from collector.dispatch.tables import InboundMessage, Recording
from collector.history import actions as history
from collector.history.rules import Channel, DocumentKind, Outcome
from collector.history.tables import Document
from collector.identity.rules import Level, Role
from collector.identity.tables import Approval
from collector.legal.retention.tables import Purge
from collector.planning.tables import PlanRun, Task
from collector.portfolio.tables import Account

SECRET = "confided words"
LATE = "2040-06-01 12:00"
"""When every term of what happened in 2026 is over."""
PAPER = b"\x89PNG\r\n\x1a\n scan of "


class Keeping:
    """An office that keeps its files in a folder of its own."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.li = story.agent("li")
        self.legal = story.agent("lawyer", None, Level.senior, Role.legal)
        self.chen = story.agent("chen", None, Level.senior, Role.admin)

    def settled(self) -> Borrower:
        """Somebody who was called and texted, wrote back, paid, and of whom there are papers and a recording."""
        who = self.story.borrower("2026-05-10", phones=None)
        at = moment("2026-05-12 10:00")
        self.contact(who, at)
        self.paper(who)
        self.recording(who)
        self.story.pay(who, AMOUNT, "2026-05-20 10:00", covers="2026-05-21 09:00")
        return who

    def contact(self, who: Borrower, at: datetime) -> None:
        def write(session: Any, _office: Any) -> None:
            said: dict[str, Any] = {"person_id": who.person_id, "portfolio_id": self.story.cn, "at": at}
            said |= {"account_id": who.account_id, "number": who.number, "day": at.date()}
            said |= {"contact_point_id": who.points[0]}
            keys = {"natural_key": f"sms {who.person_id}", "channel": Channel.sms, "text": SECRET}
            history.record_attempt(session, history.AttemptMade(**said, **keys), at, self.li)
            keys = {"natural_key": f"call {who.person_id}", "channel": Channel.call}
            call = history.record_attempt(session, history.AttemptMade(**said, **keys), at, self.li)
            history.record_outcome(session, call.id or 0, Outcome.no_answer, at, at, self.li, note=SECRET)
            told: dict[str, Any] = {"to_number": "10690", "reading": "none", "at": at, "handled_at": at, "body": SECRET}
            told |= {"from_number": who.number, "person_id": who.person_id}
            session.add(InboundMessage(sid=f"SM{who.person_id}", **told))

        self.story.do(write)

    def paper(self, who: Borrower) -> int:
        def file(session: Any, office: Any) -> int:
            account = session.get_one(Account, who.account_id)
            body, now = PAPER + str(who.account_id).encode(), moment("2026-05-12 11:00")
            said: dict[str, Any] = {"kind": DocumentKind.contract, "title": SECRET, "note": SECRET}
            return casework.file_document(session, office, account, body, actor=self.li, now=now, **said).id or 0

        return self.story.do(file)

    def recording(self, who: Borrower) -> int:
        at = moment("2026-05-12 10:00")

        def make(session: Any, office: Any) -> int:
            run = session.exec(select(PlanRun)).first() or PlanRun(
                portfolio_id=self.story.cn, at=at, day=at.date(), state="current", strategy="x", started_at=at
            )
            session.add(run)
            session.flush()
            task = Task(
                run_id=run.id or 0, portfolio_id=self.story.cn, person_id=who.person_id, account_id=who.account_id,
                debts=f"[{who.account_id}]", channel="call", purpose="collect", segment="x", stage="x", level="primary",
                not_before=at, not_after=at, rank=1, priority="{}", reason="x", state="done", number=who.number,
            )  # fmt: skip
            session.add(task)
            session.flush()
            row = Recording(
                sid=f"RE{who.person_id}", task_id=task.id or 0, portfolio_id=self.story.cn,
                agent="user:li", at=at, seconds=9, keep_until=at.date().replace(year=2031),
                state=RecordingState.kept, sha256="ab", size=4,
            )  # fmt: skip
            session.add(row)
            session.flush()
            path = casework.file_of(office, row.id or 0)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"RIFF")
            return row.id or 0

        return self.story.do(make)

    def plan(self, at: str = LATE) -> Purge:
        number = casework.plan_purge(self.story.office, moment(at), self.legal)
        return self.purge(number)

    def purge(self, number: int) -> Purge:
        [row] = self.story.rows(Purge, Purge.id == number)
        return row

    def ask(self, number: int, at: str = LATE) -> Approval:
        def put(session: Any, office: Any) -> Approval:
            row = asking.propose_purge(session, office, number, self.legal, moment(at))
            session.refresh(row)
            return row

        return self.story.do(put)

    def agree(self, asked: Approval, *, yes: bool = True, at: str = LATE, by: Any = None) -> None:
        more = {"shown": asked.digest, "yes": yes, "reason": "", "actor": by or self.chen, "now": moment(at)}
        self.story.do(approvals.decide, asked.id, **more)

    def agreed(self, at: str = LATE) -> int:
        """A purge that two people agreed to and that has not begun."""
        number = self.plan(at).id or 0
        self.agree(self.ask(number, at), at=at)
        return number

    def run(self, number: int, at: str = LATE, at_once: int = 2) -> int:
        return casework.run_purge(self.story.office, number, moment(at), self.chen, at_once=at_once)

    def files(self) -> list[Path]:
        settings = self.story.office.settings
        return sorted(one for folder in (settings.documents, settings.recordings) for one in folder.rglob("*.*"))

    def words(self) -> list[Document]:
        return self.story.rows(Document, Document.name != "")
