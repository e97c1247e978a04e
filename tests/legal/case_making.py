"""An account with something of everything, and the case file of it."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import typst
from floor import Story, moment
from pypdf import PdfReader
from sqlmodel import select

from collector.audit.actions import seal
from collector.casework import actions as casework
from collector.casework import casefiles
from collector.foundation.database import Database
from collector.foundation.typesetting import Typesetter
from collector.history import actions as history
from collector.history.rules import Channel, Direction, DocumentKind, Outcome
from collector.history.tables import Delivery
from collector.identity.rules import Actor
from collector.legal.casefile.writing import Made
from collector.portfolio.rules import ContactKind, PartyRole, Security
from collector.portfolio.tables import Account, ContactPoint, InstalmentRow, Party, Person

OPS, LAWYER = Actor("user:ops"), Actor("user:law")
AT = moment("2026-07-20 12:00")
DEMAND, THEIR, SECRET = "请尽快还款", "路人甲的私事", "privileged words"
NAME, STREET = "张三丰 *_$@<b>", "标记路七号"
ID_NO = "11010519491231002X"
PDF = typst.compile(b"scan", timestamp=0)


class Case:
    """An account with something of everything, and its file."""

    def __init__(self, database: Database, home: Path, security: Security = Security.guaranteed) -> None:
        self.home, self.story = home, Story(database, home=home)
        self.who = self.story.borrower(
            "2026-05-10", "2026-06-10", security=security, penalty_rate="18.25", opened_on=date(2026, 4, 10)
        )
        with database.begin() as session:
            for row in session.exec(select(InstalmentRow)):
                row.principal, row.interest, row.fee = 980_00, 18_00, 2_00
            person = session.get_one(Person, self.who.person_id)
            person.name, person.id_type, person.id_sealed = (
                "张三丰 *_$@<b>",
                "cn_id",
                self.story.office.keys.seal(ID_NO),
            )
            relative = Person(name="王小二", salt="r", natural_key="r")
            session.add_all([person, relative])
            session.flush()
            self.relative = relative.id or 0
            at = {"account_id": self.who.account_id, "person_id": self.relative}
            session.add(Party(role=PartyRole.relative, **at))
            home_address = {"kind": ContactKind.address, "value": STREET, "portfolio_id": self.story.cn}
            session.add(ContactPoint(person_id=self.who.person_id, **home_address))
        self.told()
        self.papers()
        self.story.pay(self.who, 1_050_00, "2026-06-09 10:00", covers="2026-07-20 08:00")
        with database.begin() as session:
            seal(session, self.story.office.keys, moment("2026-07-20 08:00"), 10_000)

    def told(self) -> None:
        day = moment("2026-05-12 10:00")
        with self.story.database.begin() as session:
            for place, (channel, person, text) in enumerate(
                (
                    (Channel.call, self.who.person_id, None),
                    (Channel.sms, self.who.person_id, DEMAND),
                    (Channel.sms, self.relative, THEIR),
                    (Channel.visit, self.who.person_id, "到访"),
                )
            ):
                attempt = history.record_attempt(
                    session,
                    history.AttemptMade(
                        natural_key=f"case:{place}",
                        person_id=person,
                        portfolio_id=self.story.cn,
                        account_id=self.who.account_id,
                        contact_point_id=self.who.points[0] if person == self.who.person_id else None,
                        channel=channel,
                        direction=Direction.outbound,
                        number=self.who.number if person == self.who.person_id else "+8613911112222",
                        caller="+862155510001",
                        slot="morning",
                        at=day + timedelta(hours=place),
                        day=day.date(),
                        text=text,
                    ),
                    day + timedelta(hours=place),
                    OPS,
                )
                if channel is Channel.call:
                    later = day + timedelta(minutes=1)
                    history.record_outcome(session, attempt.id or 0, Outcome.right_party, day, later, OPS)
                if text == DEMAND:
                    session.add(Delivery(attempt_id=attempt.id or 0, at=day + timedelta(hours=2), status="delivered"))

    def papers(self) -> None:
        for kind in (DocumentKind.contract, DocumentKind.identity, DocumentKind.letter_receipt):
            self.file(PDF + kind.encode(), kind)
        self.file(b"\x89PNG\r\n\x1a\n image", DocumentKind.disbursement)
        self.file(PDF + SECRET.encode(), DocumentKind.other, privileged=True)

    def file(self, body: bytes, kind: DocumentKind, **more: object) -> int:
        account = self.story.rows(Account, Account.id == self.who.account_id)[0]
        paper = {"kind": kind, "title": f"扫描 {kind}", "actor": OPS, "now": moment("2026-06-01 10:00"), "note": SECRET}
        row = self.story.do(casework.file_document, account, body, **paper, **more)
        return int(row.id)

    def make(
        self, name: str, typesetter: Typesetter, language: str = "zh", *, recordings: bool = False
    ) -> tuple[Path, Made]:
        folder, order = self.home / name, casefiles.CaseOrder(AT, language, recordings=recordings)
        office = self.story.office
        made = casefiles.make_case_file(office, typesetter, self.who.account_id, folder, order, actor=LAWYER, now=AT)
        return folder, made


def words(folder: Path) -> str:
    pages = PdfReader(BytesIO((folder / "case-file.pdf").read_bytes())).pages
    return "\n".join(page.extract_text() for page in pages)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
