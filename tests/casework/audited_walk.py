"""A walk through every business event there is, with people who are marked so that they would be found anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyotp
import typst
from floor import STRATEGY, Story, moment
from sqlmodel import Session, SQLModel, col, select

from collector.casework import actions as casework
from collector.casework import approvals, casefiles, drafts, strategies
from collector.casework.actions.letters import LetterOrder, LetterReport, ReportKind
from collector.casework.actions.matters import CostOrder, DateOrder
from collector.casework.approvals import (
    advances,
    campaigns,
    costs,
    exports,
    holds,
    matching,
    rates,
    settings,
    texts,
    ways,
)
from collector.casework.approvals import terms as asking
from collector.casework.campaigns import CampaignOrder
from collector.casework.campaigns import choose as chosen_for
from collector.casework.rates import RateOrder
from collector.dispatch.memory import MemoryCarrier
from collector.dispatch.rules import AgentState, Criterion, Progress
from collector.dispatch.tables import InboundCall, InboundMessage, Submission
from collector.foundation.database import Database
from collector.history import actions as history
from collector.history.actions import ClockNote
from collector.history.rules import (
    ArchiveStep,
    Channel,
    Condition,
    DocumentKind,
    Handover,
    HoldScope,
    Identifier,
    LetterStep,
    Outcome,
    ReferralKind,
    ReferralState,
    ReturnReason,
    Route,
    Standing,
    StopKind,
)
from collector.history.tables import Campaign, Referral, StandingRow
from collector.identity import actions as identity
from collector.identity import signing_in
from collector.identity.installation import install
from collector.identity.rules import EVERYTHING, Actor, ApiScope, Level, Role
from collector.identity.tables import ApiKey, Approval, User
from collector.law.rules import Happening
from collector.legal.matters.rules import Advancer, CostKind, DateEnd, DateKind, MatterOutcome, MatterStage, Step
from collector.legal.matters.tables import CounselPackage, CourtDate
from collector.legal.retention.rules import PurgeState
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio import actions as portfolio
from collector.portfolio.rules import LoadKind, ReversalStep
from collector.portfolio.rules.settings import SettingKind
from collector.portfolio.tables import (
    Account,
    CallerNumber,
    ContactPoint,
    LedgerBalance,
    PaymentRow,
    Portfolio,
    WaysChange,
)
from collector.reports import actions as reports
from collector.reports.queries import choose
from collector.reports.rules import Format, OfStage, Stage
from collector.terms.actions import Order
from collector.terms.rules import TermsKind
from collector.terms.tables import Terms
from collector.texts import actions as registering
from collector.texts.rules import LetterKind, Registration

NAME, SECRET, MOBILE, SECOND, ID_NO = "标记王五", "confided words", "13801349876", "13801349877", "11010519491231002X"
MAIL, STREET, FOUND = "marked.person@example.org", "标记路七号", "13912359878"
MARKS = (NAME, SECRET, "349876", SECOND[2:], FOUND[2:], ID_NO, MAIL, STREET, "6222020200001111")
DAY = "2026-05-13"
SCAN = typst.compile(b"scan", timestamp=0)
WORKED = STRATEGY.replace(
    "  - {name: late, ",
    "  - {name: far, when: {bucket: [M3]}, stage: decline, level: middle, cadence: papers}\n  - {name: late, ",
).replace("cadences:\n", "cadences:\n  papers:\n    - {day: 60, channel: letter, template: demand, tone: formal}\n")
"""Who is far gone gets a letter, by a collector of the middle level."""
WORKED += """
allocation:
  rules:
    - {name: all, when: {days_past_due: {gte: 1}}, level: primary, accounts: 50, days: 9}
"""
PAYMENTS = "reference,account_no,card_no,payer_name,amount,paid_at,kind,reverses\n"
CALLED, TEXTED = range(4, 12), 12
"""Accounts two days late, which are called, and one that is a day late; the first three are far gone."""


class Sounding(MemoryCarrier):
    """A carrier that has a recording."""

    async def recording(self, sid: str) -> bytes:
        return b"RIFF"


class Walk:
    """Every business event there is, once; the names of those of casework that were carried out."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.story, self.folder = Story(database, home=folder), folder
        self.office, self.database = self.story.office, database
        self.done: set[str] = set()

    def do(self, name: str, *args: Any, **more: Any) -> Any:
        self.done.add(name)
        with self.database.begin() as session:
            found = getattr(casework, name)(session, self.office, *args, **more)
            if isinstance(found, SQLModel):
                session.refresh(found)
            return found

    def whole(self, name: str, *args: Any, **more: Any) -> Any:
        """What owns its transactions itself."""
        self.done.add(name)
        return getattr(casework, name)(self.office, *args, **more)

    def change(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with self.database.begin() as session:
            return action(session, *args, **more)

    def one(self, table: Any, *conditions: Any) -> Any:
        with self.database.read() as session:
            return session.exec(select(table).where(*conditions).order_by(col(table.id).desc())).first()

    def load(self, kind: str, body: str, at: str = "2026-05-13 06:00") -> None:
        file = self.folder / f"{kind}.csv"
        file.write_text(body, encoding="utf-8")
        code = None if kind in ("portfolios", "callers") else "CN"
        more = {"portfolio": code, "mapping": None, "rejects": None, "as_of": None, "actor": "user:ops"}
        result = self.whole("load", LoadKind(kind), file, at=moment(at), **more)
        assert (result.rejected, bool(result.accepted)) == (0, True), (kind, result.problems)

    def go(self) -> None:
        self.users()
        self.book()
        self.uploaded()
        self.drafted()
        self.calls()
        self.looks()
        self.talks()
        self.campaigned()
        self.stops()
        self.papers()
        self.carrier()
        self.ledger()
        self.others()
        self.held()
        self.export()
        self.two_people()
        self.filed()
        self.lettered()
        self.terms()
        self.claimed()
        self.litigated()
        self.purged()

    # --- the parts ---

    def purged(self) -> None:
        """What is due is counted, asked for and removed; a hold is set and lifted."""
        at = moment("2045-05-13 18:40")
        number = self.whole("plan_purge", at, self.boss)
        self.done |= {"count_due", "purged_path", "remove_purged_files", "run_purges"}
        self.do("move_purge", number, PurgeState.asked, at=at, actor=self.boss)
        self.do("move_purge", number, PurgeState.approved, at=at, actor=self.boss)
        assert self.whole("run_purge", number, at, self.boss) > 0
        casework.run_purges(self.office, at)
        other = self.whole("plan_purge", at, self.boss)
        self.do("move_purge", other, PurgeState.asked, at=at, actor=self.boss)
        self.done.add("drop_purge")
        self.change(casework.drop_purge, other, at=at, actor=self.boss)
        held = {"portfolio_id": self.story.cn, "account_id": None, "reason": SECRET}
        row = self.do("put_retention_hold", **held, approval_id=1, at=at, actor=self.boss)
        self.do("lift_retention_hold", row.id, approval_id=1, at=at, actor=self.boss)

    def lettered(self) -> None:
        """Letters that the plan asks for and one that nobody planned: printed, posted, and what came of them."""
        now, day = moment("2026-05-13 18:40"), date(2026, 5, 13)
        said = {"at": now, "actor": self.boss}
        account = self.ids[1]
        batch = self.whole("print_open", "CN", now, self.boss)
        order = LetterOrder(account.id, LetterKind.demand, account.person_id)
        made = [self.do("make_letter", order, **said)]
        papers = {"creditor_code": "91330100799655058B", "creditor_address": STREET, "creditor_representative": SECRET}
        entered = {**papers, "court": SECRET, "counsel": NAME, "counsel_firm": SECRET, "powers": SECRET}
        made += [
            self.do("make_letter", LetterOrder(account.id, LetterKind.power_of_attorney, entered=entered), **said)
            for _ in range(2)
        ]
        for row in made:
            assert self.whole("print_letter", row.id, now, self.boss).file.is_file()
        first, second, third = made
        for row in (second, third):
            assert not self.do("letter_posted", row.id, f"RR{row.id}", day, **said).refused
        assert isinstance(self.do("letter_posted", first.id, "RR1", day, **said).refused, str), batch
        self.do("letter_arrived", second.id, day, scan=b"\x89PNG\r\n\x1a\n" + SECRET.encode(), **said)
        self.do("letter_signed", second.id, day, scan=b"\x89PNG\r\n\x1a\n slip", **said)
        self.do("letter_returned", third.id, day, ReturnReason.moved, scan=None, **said)
        self.do("letter_struck", third.id, LetterStep.returned, SECRET, **said)
        self.do("letter_left", first.id, "RR1", day, SECRET, **said)
        self.done.add("give_letters")
        self.change(casework.give_letters, [third.id], "pdf", now, self.boss)
        told = [LetterReport(2, third.id, day, reason=ReturnReason.moved)]
        assert self.whole("take_reports", ReportKind.returned, told, **said).told == 1

    def filed(self) -> None:
        """Papers of an account."""
        account = self.one(Account)
        paper = {"kind": DocumentKind.contract, "title": NAME, "note": SECRET, "actor": self.boss}
        row = self.do("file_document", account, SCAN + SECRET.encode(), now=moment("2026-05-13 18:30"), **paper)
        assert casework.document_file(self.office, row).is_file()
        self.done.add("document_file")
        note = ClockNote(Happening.demand_arrived, date(2026, 5, 12), document_id=row.id)
        self.do("note_clock", account.id, note, now=moment("2026-05-13 18:40"), actor=self.boss)
        self.whole("sweep", moment("2029-05-01 09:00"))
        self.archived(account, row.id)
        self.done.add("note_given")
        self.change(casework.note_given, row.id, moment("2026-05-13 18:31"), self.boss)

    def archived(self, account: Account, scan: int) -> None:
        """The original of a paper is placed, lent and brought back."""
        at, day = moment("2026-05-13 18:35"), date(2026, 5, 13)
        said: dict[str, Any] = {"at": at, "actor": self.boss}
        kind = {"kind": DocumentKind.contract, "document_id": scan, "title": NAME, "place": SECRET, "on": day}
        row = self.do("archive_original", account, **kind, **said)
        lent = Handover(ArchiveStep.lent, day, whom=NAME, why=SECRET, due_on=date(2026, 5, 20))
        self.do("move_original", row.id, lent, **said)
        back = Handover(ArchiveStep.returned, day, whom=NAME, condition=Condition.whole)
        self.do("move_original", row.id, back, **said)

    def terms(self) -> None:
        """What is agreed about the debt: waived and paid, taken back, extended, written off, advanced, closed."""
        self.chen = self.of_admin()
        four, five = self.ids[4], self.ids[5]
        day = moment("2026-05-14 09:00")
        order = Order(TermsKind.settlement, SECRET, 500_00, date(2026, 5, 20))
        row = self.agreed_terms(four, order, day)
        self.do("offer_terms", terms_id=row.id, at=day, actor=self.agent)
        self.load("payments", PAYMENTS + "T1,A4,,,500.00,2026-05-14 10:00,payment,\n", "2026-05-14 11:00")
        self.load("payments", PAYMENTS + "T2,A4,,,500.00,2026-05-14 12:00,reversal,T1\n", "2026-05-14 13:00")
        again = moment("2026-05-14 14:00")
        self.do("withdraw_terms", terms_id=row.id, at=again, actor=self.agent)
        steps = Order(TermsKind.restructuring, SECRET, count=2, first=date(2026, 7, 1))
        signed = self.agreed_terms(five, steps, again)
        self.do("offer_terms", terms_id=signed.id, at=again, actor=self.agent)
        more = {"kind": DocumentKind.agreement, "title": SECRET, "actor": self.boss, "now": again}
        self.change(
            lambda session: casework.file_document(
                session, self.office, session.get_one(Account, five.id), SCAN, **more
            )
        )
        self.do("sign_terms", terms_id=signed.id, at=again, actor=self.agent)
        self.restated(five, again)
        _, asked = self.proposed_terms(self.ids[6], Order(TermsKind.write_off, SECRET), again)
        self.change(approvals.withdraw, asked.id, self.agent, again)
        self.done |= {"drop_terms", "approve_terms", "propose_terms"}
        month = self.change(
            lambda session: advances.propose(
                session, session.get_one(Portfolio, self.story.cn), date(2026, 5, 1), self.agent, again
            )
        )
        self.agree(month, again)
        self.done.add("book_advances")
        self.closed()

    def restated(self, account: Account, at: datetime) -> None:
        """The creditor's file has the schedule that was agreed otherwise; operations says why."""
        self.load("instalments", "account_no,number,due_on,amount_due\nA5,1,2026-04-01,999.00\n", "2026-05-14 14:30")
        self.change(casework.explain_schedule, account, SECRET, at, self.boss)
        self.done.add("explain_schedule")

    def closed(self) -> None:
        """An account with a pledge is paid off, and the pledge goes back."""
        again, six = moment("2026-05-14 15:00"), self.ids[6]
        self.load("payments", PAYMENTS + "T3,A6,,,2000.00,2026-05-14 15:00,payment,\n", "2026-05-14 15:30")
        row = self.agreed_terms(six, Order(TermsKind.closing, SECRET), again)
        paper = {"kind": DocumentKind.collateral_receipt, "title": NAME, "actor": self.boss}
        account = self.one(Account, Account.id == six.id)
        self.do("file_document", account, b"\xff\xd8\xff receipt", now=again, **paper)
        self.do("close_account", terms_id=row.id, at=again, actor=self.agent)

    def of_admin(self) -> Actor:
        more = {"password": "a long enough word", "now": moment("2026-05-01 09:00"), "actor": "cli"}
        self.change(identity.add_user, name="chen", roles=[Role.admin], all_portfolios=True, **more)
        row = self.one(User, User.name == "chen")
        return Actor("user:chen", row.id, frozenset({Role.admin}))

    def proposed_terms(self, account: Account, order: Order, now: datetime) -> tuple[Terms, Approval]:
        def ask(session: Session) -> tuple[Terms, Approval]:
            row, asked = asking.propose(
                session, self.office, session.get_one(Account, account.id), order, self.agent, now
            )
            session.refresh(row)
            session.refresh(asked)
            return row, asked

        return self.change(ask)

    def agreed_terms(self, account: Account, order: Order, now: datetime) -> Terms:
        row, asked = self.proposed_terms(account, order, now)
        self.agree(asked, now)
        return row

    def agree(self, asked: Approval, now: datetime) -> None:
        more = {"shown": asked.digest, "yes": True, "reason": SECRET, "actor": self.chen, "now": now}
        self.change(approvals.decide, self.office, asked.id, **more)

    def claimed(self) -> None:
        """A rate that changed, and a case file that left the house."""
        account, now = self.one(Account), moment("2026-05-13 18:40")
        rate = {"penalty_rate": "18.25", "reason": SECRET, "actor": self.boss, "now": now}
        self.do("note_rate_change", self.story.cn, account.id, date(2026, 5, 1), **rate)
        order = casefiles.CaseOrder(now)
        with casefiles.open_typesetter(self.office) as typesetter:
            folder = self.folder / "case"
            made = casefiles.make_case_file(
                self.office, typesetter, account.id, folder, order, actor=self.boss, now=now
            )
        assert made.pages > 3

    def litigated(self) -> None:
        """An accepted referral becomes a matter: stages, days at court, costs on the account and off it, its end."""
        now, number, who = moment("2026-05-14 16:00"), self.ids[1].id, self.ids[1].person_id
        about = {"person_id": who, "account_id": number, "portfolio_id": self.story.cn}
        hand = {"kind": ReferralKind.legal, **about, "reasons": [], "evidence": {}, "now": now, "actor": self.boss}
        referral = self.change(lambda session: history.open_referral(session, **hand).id)
        if self.one(Referral, Referral.id == referral).state is ReferralState.proposed:
            self.do("move_referral", referral, ReferralState.accepted, now, self.boss, SECRET)
        day, by = date(2026, 5, 14), {"at": now, "actor": self.boss}
        account = self.one(Account, Account.id == number)
        file = {"kind": DocumentKind.court, "title": NAME, "actor": self.boss}
        paper = self.do("file_document", account, b"\xff\xd8\xff bill", now=now, **file)
        court = {"court": SECRET, "case_no": SECRET, "counsel": NAME, "document_id": paper.id}
        self.do("enter_stage", number, Step(MatterStage.filed, day, **court), **by)
        wrong = self.do("enter_stage", number, Step(MatterStage.heard, day), **by)
        self.do("strike_stage", number, wrong.id, SECRET, **by)
        self.court_days(number, by)
        self.done |= {"book_costs"}
        order = CostOrder(CostKind.court_fee, 500, day, Advancer.creditor, recoverable=True, document_id=paper.id)
        cost = self.change(casework.note_cost, number, order, **by)
        self.agree(self.change(costs.propose, number, self.agent, now), now)
        self.agree(self.change(costs.propose_back, cost.id, self.agent, now), now)
        self.change(casework.strike_cost, cost.id, SECRET, **by)
        self.handed_over(number, now)
        self.do("enter_stage", number, Step(MatterStage.closed, day, outcome=MatterOutcome.withdrawn), **by)

    def court_days(self, account_id: int, by: dict[str, Any]) -> None:
        """One that is moved and cancelled, and a calendar."""
        self.done |= {"note_cost", "strike_cost", "note_court_date", "end_court_date", "load_calendar"}
        order = DateOrder(DateKind.hearing, date(2026, 5, 20), SECRET, time(9), place=STREET, who=NAME)
        first = self.change(casework.note_court_date, account_id, order, **by)
        again = {"day": date(2026, 5, 21), "hour": time(9)}
        self.change(casework.end_court_date, first.id, DateEnd.moved, note=SECRET, **again, **by)
        self.whole("sweep", moment("2026-05-14 16:30"))
        file, account = self.folder / "days.csv", self.one(Account, Account.id == account_id)
        file.write_text(f"account,kind,date,what\nCN/{account.account_no},deadline,2026-05-22,{SECRET}\n", "utf-8")
        self.change(casework.load_calendar, file, **by)
        with self.database.read() as session:
            left = session.exec(select(CourtDate.id).where(col(CourtDate.ended).is_(None))).all()
        for number in left:
            self.change(casework.end_court_date, number, DateEnd.cancelled, note=SECRET, **by)

    def handed_over(self, account_id: int, now: datetime) -> None:
        """Counsel gets the file of the matter, and says so."""
        order = casefiles.CaseOrder(now, hand_over=casefiles.HandOver(f"{NAME} {MOBILE}"))
        with casefiles.open_typesetter(self.office) as typesetter:
            by = {"actor": self.boss, "now": now}
            casefiles.make_case_file(self.office, typesetter, account_id, self.folder / "counsel", order, **by)
        package, more = self.one(CounselPackage), {"at": now, "actor": self.boss}
        self.done.add("note_receipt")
        self.change(casework.note_receipt, package.id, date(2026, 5, 14), NAME, **more)

    def export(self) -> None:
        """A list leaves the house."""
        now = moment("2026-05-13 18:00")
        with self.database.read() as session:
            chosen = choose(session, EVERYTHING, "CNY")
            assert chosen is not None
            order = reports.Order(chosen, OfStage(Stage.book), Format.csv, {}, self.boss)
            written = reports.write(session, order, now)
        self.change(reports.enter, order, written, now)

    def two_people(self) -> None:
        """What one proposes and another agrees to: ways to pay, a text, a longer hold, a large list."""
        now, wu = moment("2026-05-13 18:30"), self.wu
        self.done |= {"hold_body", "NeedsSecondPerson"}
        maker, checker = self.agent, Actor("user:wu", wu.id, frozenset({Role.supervisor}))

        def agreed(asked: Approval) -> Approval:
            more = {"shown": asked.digest, "yes": True, "reason": SECRET, "actor": checker, "now": now}
            return self.change(approvals.decide, self.office, asked.id, **more)

        def proposed(links: list[str]) -> Approval:
            return self.change(
                lambda session: ways.propose(
                    session,
                    session.get_one(Portfolio, self.story.cn),
                    {"links": links, "callers": [f"{line} call,sms"]},
                    maker,
                    now,
                )
            )

        line = "+862155510088"
        agreed(proposed(["pay.example.com"]))
        self.do("cancel_ways", self.one(WaysChange).id, at=now, actor=self.boss, reason=SECRET)
        withdrawn = proposed(["pay.example.org"])
        self.change(approvals.withdraw, withdrawn.id, maker, now)
        agreed(proposed(["pay.example.net"]))
        assert self.whole("ways_take_effect", now + timedelta(hours=25)) == 1
        assert self.one(CallerNumber, CallerNumber.number == line).channels == "call,sms"
        order = RateOrder(date(2026, 6, 1), SECRET, penalty_rate="18.5")
        creditor = {"creditor_address": SECRET}
        agreed(
            self.change(
                lambda session: rates.propose(session, session.get_one(Portfolio, self.story.cn), [order], maker, now)
            )
        )
        agreed(
            self.change(
                lambda session: settings.propose(
                    session,
                    session.get_one(Portfolio, self.story.cn),
                    SettingKind.creditor,
                    creditor,
                    SECRET,
                    maker,
                    now,
                )
            )
        )
        self.done.add("set_portfolio")
        source = "purpose: overdue\ntone: soft\n---\n{{ signature }}您好，{{ overdue }}逾期。{{ opt_out }}\n"
        agreed(self.change(texts.propose, self.office, "zh", "overdue-soft", source, SECRET, maker, now))
        known = {"carrier_id": "T1", "since": now.date(), "until": None, "note": SECRET, "actor": "user:wu", "at": now}
        self.change(
            registering.register, self.story.cn, "memory", "zh", "overdue-soft", "x", Registration.registered, **known
        )
        held = self.do(
            "hold",
            scope=HoldScope.account,
            account_id=self.ids[7].id,
            until=now + timedelta(days=1),
            at=now,
            actor=self.boss,
        )
        longer = {"account_id": self.ids[7].id, "hold_id": held.id, "at": now, "actor": self.agent}
        self.do("extend_hold", until=now + timedelta(days=2), **longer)
        until = now + timedelta(days=20)
        asked = self.change(
            lambda session: holds.propose(
                session, session.get_one(Account, self.ids[7].id), held.id, until, SECRET, maker, now
            )
        )
        agreed(asked)
        agreed(self.change(exports.propose, "CNY", [self.story.cn], {"what": "funnel"}, ["account"], 9, maker, now))

    def users(self) -> None:
        now = moment("2026-05-12 09:00")
        make = {"password": "a long enough word", "now": now, "actor": "cli", "all_portfolios": True}
        for name, roles in (("li", [Role.agent]), ("wu", [Role.supervisor]), ("zhou", [Role.operations])):
            more = {"level": Level.senior, "phone": "+862155519999"} if name == "li" else {}
            self.change(identity.add_user, name=name, roles=roles, **make, **more)
        self.li, self.wu, self.zhou = (self.one(User, User.name == name) for name in ("li", "wu", "zhou"))
        self.agent = Actor("user:li", self.li.id, frozenset({Role.agent}), level=Level.senior)
        self.boss = Actor("user:wu", self.wu.id, frozenset({Role.supervisor, Role.agent}))
        came = identity.Came("127.0.0.1")
        change = ("a long enough word", "another long word", came, now)
        assert signing_in.change_password(self.database, self.zhou, *change)
        entered = signing_in.sign_in(self.database, "li", "a long enough word", came, now)
        assert isinstance(entered, identity.Entered)
        assert signing_in.sign_in(self.database, "li", "not the word", came, now) is None
        assert signing_in.confirm(self.database, self.office.keys, entered.session, "a long enough word", came, now)
        self.change(identity.log_out, entered.token, now)
        self.helped(now)
        _, key = self.change(identity.add_api_key, "reports", [ApiScope.read], now, "cli")
        self.change(portfolio.give_access, ["CN"], api_key_id=key.id, actor="cli", at=now)
        self.change(lambda session: identity.revoke_api_key(session, session.get_one(ApiKey, key.id), now, "cli"))
        for action in (identity.disable_user, identity.enable_user, identity.unlock, identity.disable_user):
            self.of_user(self.zhou, action, now, "cli")
        self.change(install, self.office.keys, now)
        self.office.arm(now)

    def of_user(self, user: User, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        return self.change(lambda session: action(session, session.get_one(User, user.id), *args, **more))

    def helped(self, now: datetime) -> None:
        """Another post, an app for codes, a reset that takes it off, and a note taken of it."""
        came, keys = identity.Came("127.0.0.1"), self.office.keys
        post = identity.Post(frozenset({Role.agent, Role.senior}), Level.senior, "first", self.li.phone, "li", True)
        self.of_user(self.li, identity.change_user, post, now, "user:wu")
        app = pyotp.TOTP(self.change(lambda session: identity.begin_codes(session, keys, self._li(session), now)))
        self.change(lambda session: identity.first_code(session, keys, self._li(session), app.at(now), now))
        waits = signing_in.sign_in(self.database, "li", "a long enough word", came, now)
        assert isinstance(waits, identity.Awaited)
        later = now + timedelta(minutes=1)
        entered = self.change(identity.give_code, keys, waits.token, app.at(later), came, later)
        others = {"own": "", "now": later}
        assert self.of_user(self.li, identity.end_other_sessions, **others) == 1, entered
        code = self.of_user(self.li, identity.make_reset_code, "cli", later, clears_totp=True)
        assert signing_in.reset_password(self.database, "li", code, "a third long word", came, later)
        self.of_user(self.li, identity.reset_is_seen, later)

    def _li(self, session: Session) -> User:
        return session.get_one(User, self.li.id)

    def book(self) -> None:
        self.load(
            "portfolios",
            "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name,signature,"
            "pay_instructions\n"
            "CN,Bank A,creditor,bank_loan,CNY,Asia/Shanghai,cn,zh,Bank A,【Bank A】,可通过本行手机银行办理\n",
        )
        self.load("callers", "portfolio,number\nCN,+862155510009\n")
        rows = [
            f"A{number},6222020200001111,{NAME}{number},cn_id,{ID_NO if number == 1 else ''},138{number:02d}349876,"
            f"{SECOND if number == 1 else ''},{MAIL},{STREET},dealer X,"
            f"{'pledged' if number == 6 else 'credit'},2024-05-18"
            for number in range(1, TEXTED + 1)
        ]
        head = "account_no,card_no,borrower_name,id_type,id_no,phone,phone_2,email,home_address,partner,security,"
        head += "opened_on\n"
        self.load("accounts", head + "\n".join(rows).replace("cn_id,,", ",,") + "\n")
        due = [(number, line, f"2026-0{month}-11") for number in (1, 2, 3) for line, month in enumerate((3, 4, 5), 1)]
        due += [(number, line, f"2026-0{month}-11") for number in CALLED for line, month in enumerate((5, 6), 1)]
        due += [(TEXTED, 1, "2026-05-12"), (TEXTED, 2, "2026-06-11")]
        lines = "".join(f"A{number},{line},{day},1000.00\n" for number, line, day in due)
        self.load("instalments", "account_no,number,due_on,amount_due\n" + lines)
        self.load("parties", f"account_no,role,name,phone\nA1,guarantor,{NAME}保,{MOBILE}\n")
        self.load(
            "payments",
            "reference,account_no,card_no,payer_name,amount,paid_at,kind,reverses\n"
            f"P1,A12,,{NAME},1.00,2026-05-12 10:00,payment,\nP2,,999,{NAME},5.00,2026-05-12 10:00,payment,\n"
            f"P3,A12,,{NAME},2.00,2026-05-12 11:00,payment,\nP4,A12,,,2.00,2026-05-12 12:00,reversal,P3\n",
        )
        events = [
            f'A1,{MOBILE},attempt,2026-05-01 09:30,"outcome=no_answer; note={SECRET}"',
            f'A1,{MOBILE},sms,2026-05-02 09:30,"text={SECRET}; delivered_at=2026-05-02 09:31"',
            f'A1,,disposition,2026-05-02 10:00,"cause=short_of_funds; note={SECRET}"',
            'A1,,promise,2026-05-02 10:01,"amount=10.00; due_at=2026-05-03 18:00"',
            'A1,,callback,2026-05-02 10:02,"due_at=2026-06-21T09:00+08:00"',
            f'A1,{MOBILE},consent,2026-05-02,"channel=sms; evidence={SECRET}"',
            f'A2,,hardship,2026-05-02 12:00,"reason={SECRET}; until=2026-05-04"',
            f'A2,,dispute,2026-05-02 13:00,"reason={SECRET}; answered_at=2026-05-03 09:00; answer={SECRET}"',
            f'A2,,complaint,2026-05-02 13:05,"text={SECRET}"',
            f'A2,,hold,2026-05-02 13:06,"note={SECRET}; until=2026-05-03"',
        ]
        self.load("events", "account_no,phone,kind,at,details\n" + "\n".join(events) + "\n")
        self.change(
            strategies.publish, self.office.catalogue, WORKED, "CN", "user:wu", SECRET, *[moment(f"{DAY} 06:30")] * 2
        )
        self.ids = {number: self.one(Account, Account.account_no == f"A{number}") for number in range(1, TEXTED + 1)}
        held = self.one(PaymentRow, PaymentRow.reference == "P2")
        now, target = moment(f"{DAY} 06:40"), self.ids[TEXTED]
        asked = self.change(lambda session: matching.propose(session, held, target, Actor("apikey:1"), now))
        self.change(identity.decide, asked.id, asked.digest, True, self.wu, SECRET, now)
        self.do("match_payment", payment_id=held.id, account_id=target.id, at=now, actor=self.boss)

    def uploaded(self) -> None:
        """A file that somebody brought with a mapping, and wants no more."""
        self.done.add("uploads")
        now, file = moment(f"{DAY} 06:10"), self.folder / "brought.csv"
        file.write_text(f"account_no,borrower_name\nA1,{NAME}\n", encoding="utf-8")
        kind, actor, book = LoadKind.accounts, self.agent, self.one(Portfolio, Portfolio.code == "CN")
        brought = {"token": "t", "actor": actor, "kind": kind, "portfolio_id": book.id, "file": file, "name": NAME}
        row = self.change(casework.uploads.receive, **brought, as_of=None, now=now)
        self.change(casework.uploads.begin_load, row.id, actor, now)
        self.change(casework.uploads.fail_load, row.id, "it did not fit", now)
        self.change(
            casework.uploads.save_mapping, book.id, kind, "ours", f"constants: {{employer: {NAME}}}", actor, now
        )

    def drafted(self) -> None:
        """A strategy that is drafted, tried, submitted, taken back by a change, submitted again and published."""
        now, book = moment(f"{DAY} 06:45"), self.one(Portfolio, Portfolio.code == "CN")
        self.change(drafts.begin, book, WORKED, self.boss, now)
        row = self.change(drafts.begin_trial, book, self.boss, now)
        drafts.try_out(self.office, lambda: now, row, book, now)
        start = {"reason": SECRET, "starts_at": now, "now": now}
        self.change(drafts.submit, self.office, book, self.boss, 1, **start)
        assert self.change(drafts.change, book, self.boss, 1, lambda text: text + "# the same\n", now)
        asked = self.change(drafts.submit, self.office, book, self.boss, 2, **start)
        self.change(lambda one: drafts.withdraw(one, one.get_one(Approval, asked.id), self.boss, now))
        asked = self.change(drafts.submit, self.office, book, self.boss, 2, **start)
        admin = Actor("user:zhou", self.zhou.id, frozenset({Role.admin}))
        said = {"shown": asked.digest, "yes": True, "reason": SECRET, "actor": admin, "now": now}
        self.change(approvals.decide, self.office, asked.id, **said)
        self.change(drafts.begin, book, WORKED, self.boss, now)
        self.change(drafts.drop, book, self.boss, now)

    def calls(self) -> None:
        self.whole("sweep", moment(f"{DAY} 06:50"))
        self.whole("plan", "CN", moment(f"{DAY} 07:00"))
        self.whole("plan_new_days", moment(f"{DAY} 07:05"))
        self.done.add("send_all")
        sent = asyncio.run(casework.send_all(self.office, lambda: moment(f"{DAY} 09:00"), carrier=self.story.carrier))
        assert sent.sent
        row = self.one(Submission, Submission.channel == Channel.sms)
        arrived = {"status": "delivered", "progress": Progress.delivered, "error_code": None}
        self.do("message_status", token=row.token, sid="SM1", at=moment(f"{DAY} 09:01"), **arrived)
        first = self.take("09:02")
        for tail in ("0000", "0001"):
            said = {Identifier.account_tail: tail, Identifier.address: SECRET}
            self.do("verify", first.task.id, said, moment(f"{DAY} 09:02"), self.agent)
        refused = self.do("send_how_to_pay", first.task.id, moment(f"{DAY} 09:02"), self.agent)
        assert refused == "", refused
        self.do("release", first.task.id, moment(f"{DAY} 09:03"), self.agent)
        for number, outcome in enumerate((Outcome.wrong_number, Outcome.deceased, Outcome.says_paid)):
            claimed = self.take(f"09:1{number}")
            more = {"actor": self.agent, "note": SECRET}
            self.do("record_outcome", claimed.task.id, outcome, moment(f"{DAY} 09:1{number}"), **more)
            self.do("record_outcome", claimed.task.id, Outcome.no_answer, moment(f"{DAY} 09:2{number}"), **more)
        self.ring("09:30", ("initiated", "in-progress"), "no-answer")
        self.ring("09:40", ("busy",), None)

    def take(self, hour: str) -> Any:
        claimed = self.do("next_call", self.agent, moment(f"{DAY} {hour}"))
        assert claimed is not None, hour
        return claimed

    def ring(self, hour: str, statuses: tuple[str, ...], result: str | None) -> None:
        """A call through the carrier: the agent's leg, the script, the borrower's leg."""
        now, task = moment(f"{DAY} {hour}"), self.take(hour).task
        self.done.add("start_call")
        asyncio.run(casework.start_call(self.office, task.id, self.agent, now, self.story.carrier))
        token, sid = self.one(Submission, Submission.task_id == task.id).token, f"CA{hour}"
        if result is not None:
            self.do("dial_script", token=token, call_sid=sid, at=now)
        for status in statuses:
            self.do("call_status", token=token, sid=sid, status=status, at=now)
        if result is None:
            return
        self.done.add("dial_status")
        self.change(casework.dial_status, token=token, sid=f"{sid}b", status="ringing", at=now)
        self.do("dial_result", token=token, sid=f"{sid}b", status=result, seconds=20, at=now + timedelta(minutes=1))
        self.recorded(token, now)

    def recorded(self, token: str, now: datetime) -> None:
        """The recording of a call: made, fetched, played, scored, removed at the end of its term."""
        self.done |= {"announcement", "fetch_recordings", "note_played", "score_call", "file_of"}
        assert "<Say" in self.change(casework.announcement, token=token)
        row = self.do("recording_made", token=token, sid="RE" + "1" * 32, seconds=20, at=now)
        assert asyncio.run(casework.fetch_recordings(self.office, now, Sounding())) == 1
        assert casework.file_of(self.office, row.id).is_file()
        self.change(casework.note_played, row.id, now, self.boss)
        self.change(casework.score_call, row.id, [Criterion.lawful], SECRET, now, self.boss)
        assert self.whole("remove_recordings", now + timedelta(days=3700)) == 1

    def looks(self) -> None:
        self.done |= {"open_file", "ReasonNeeded", "choose_state"}
        at = moment(f"{DAY} 09:55")
        for state in (AgentState.on_break, AgentState.ready):
            self.change(casework.choose_state, state, at, self.agent)
        self.change(casework.open_file, self.agent, self.one(Account), "Asia/Shanghai", at, SECRET)

    def talks(self) -> None:
        at, four = moment(f"{DAY} 10:00"), self.ids[4]
        said = {"account_id": four.id, "at": at, "actor": self.agent}
        made = self.do("make_promise", amount=1000, due_at=moment(f"{DAY} 18:00"), way=SECRET, **said)
        self.do("withdraw_promise", made.id, at, self.agent, SECRET)
        self.do("agree_callback", due_at=moment(f"{DAY} 15:00"), **said)
        self.do("record_disposition", spoke_to="borrower", note=SECRET, next_step=SECRET, **said)
        quiet = self.do("says_paid", **said)
        self.do("answer_says_paid", hold_id=quiet.id, found=False, at=at, actor=self.agent)
        body = casework.promise_body(four.id, 1000, at)
        self.done |= {"promise_body", "NeedsApproval", "SendResult", "SweepResult"}
        asked = self.change(identity.propose, "promise", f"account:{four.id}", body, self.agent, at, four.portfolio_id)
        self.change(identity.decide, asked.id, asked.digest, False, self.wu, SECRET, at)

    def stops(self) -> None:
        at, five = moment(f"{DAY} 11:00"), self.ids[5]
        who = {"person_id": five.person_id, "at": at, "actor": self.boss}
        row = self.do("stop", kind=StopKind.opt_out, number=f"+86{FOUND}", channel=Channel.sms, reason=SECRET, **who)
        self.do("lift_stop", row.id, at, self.boss, SECRET)
        held = self.do("hold", scope=HoldScope.account, account_id=five.id, note=SECRET, at=at, actor=self.boss)
        self.do("lift_hold", held.id, at, self.boss)
        disputed = self.do("dispute", account_id=five.id, reason=SECRET, at=at, actor=self.boss)
        self.do("answer_dispute", disputed.id, SECRET, at, self.boss)
        self.do("complain", account_id=five.id, text=SECRET, **who)
        self.do("note_standing", five.person_id, at, self.boss, kind=Standing.preference, detail={"weekdays": ["mon"]})
        self.do("withdraw_standing", self.one(StandingRow).id, at, self.boss, SECRET)
        day = date(2026, 5, 12)
        self.do("pause", account_id=five.id, first=day, last=day, reason=SECRET, at=at, actor=self.boss)
        self.do("found", person_id=five.person_id, phone=FOUND, at=at, actor=self.boss)
        referral = self.one(Referral)
        assert referral is not None
        self.do("move_referral", referral.id, ReferralState.accepted, at, self.boss, SECRET)
        self.do("change_route", referral.id, Route.mediation, at, self.boss, SECRET)
        self.do("change_negotiator", referral.id, self.agent.user_id, at, self.boss, SECRET)
        self.do("file_together", [referral.id], at, self.boss)
        self.do("move_referrals", [referral.id], ReferralState.closed, at, self.boss, SECRET)

    def papers(self) -> None:
        at = moment(f"{DAY} 11:30")
        letter = self.one(Task, Task.channel == Channel.letter, Task.state == TaskState.planned)
        self.do("paper_done", letter.id, at, actor=self.agent, note=SECRET)
        self.done |= {"PAPERS", "PaperDone"}
        lower = {"level": Level.primary, "reason": SECRET, "at": at, "actor": self.boss}
        self.do("lower_level", account_id=letter.account_id, **lower)

    def carrier(self) -> None:
        at, line = moment(f"{DAY} 12:00"), "+862155510001"
        sender = self.one(ContactPoint, ContactPoint.person_id == self.ids[6].person_id).value
        for number, body in enumerate((f"my lawyer: {SECRET}", "STOP", "START")):
            self.do("inbound_sms", sid=f"SMin{number}", sender=sender, to=line, body=body, at=at)
        self.called(sender, line, at)
        self.done |= {"handle_inbound", "follow_up", "reconcile"}
        self.change(casework.handle_inbound, self.office, self.one(InboundMessage).id, at, self.agent)
        self.do("follow_up", {self.ids[6].person_id}, at)
        asyncio.run(casework.reconcile(self.office, moment("2026-05-14 12:00"), self.story.carrier))

    def held(self) -> None:
        """Accounts get owners, are kept, taken back and given again; somebody is away."""
        at, seven = moment(f"{DAY} 14:00"), self.ids[7]
        by = {"at": at, "actor": self.boss}
        assert self.do("allocate", portfolio_id=self.story.cn, **by).moves
        self.done |= {"keep", "ask_keep", "keep_as_asked", "note_absence", "end_absence", "Allocated", "BookChanged"}
        words = {"account_id": seven.id, "reason": SECRET}
        asked = self.change(casework.ask_keep, until=date(2026, 5, 20), at=at, actor=self.agent, **words)
        agreed = self.change(identity.decide, asked.id, asked.digest, True, self.wu, SECRET, at)
        self.change(casework.keep_as_asked, agreed, at, self.boss)
        self.change(casework.keep, until=None, **by, **words)
        span = {"begins_at": at, "ends_at": at + timedelta(days=1)}
        away = self.change(casework.note_absence, user_id=self.li.id, note=SECRET, **span, **by)
        self.change(casework.end_absence, absence_id=away.id, **by)
        assert self.do("recall", account_ids=[self.ids[4].id, seven.id], note=SECRET, **by)
        give = {"portfolio_id": self.story.cn, "chosen": [self.ids[4].id], "to": [self.li.id], "note": SECRET}
        assert self.do("reassign", **give, **by).moves
        self.whole("allocate_books", None, at)
        assert self.whole("allocate_automatically", ["CN"], at) == []

    def campaigned(self) -> None:
        """A campaign is asked for, begins, sends, is paused, goes on and is stopped; another is over by itself."""
        at = moment(f"{DAY} 10:30")
        self.done |= {"ChoiceChanged", "CampaignNeedsSecond", "ask_campaign"}
        for text in ("overdue-first", "overdue-firm"):
            self.campaign(text, at)
            at += timedelta(minutes=20)

    def campaign(self, text: str, at: datetime) -> None:
        by: dict[str, Any] = {"at": at, "actor": self.boss}
        words = {"name": SECRET, "reason": SECRET, "channel": Channel.sms, "template": text, "numbers": ("A11",)}
        order = CampaignOrder(self.story.cn, first=date(2026, 5, 13), last=date(2026, 5, 13), **words)  # type: ignore[arg-type]
        with self.database.read() as session:
            shown = chosen_for(session, self.office, session.get_one(Portfolio, self.story.cn), order, at).digest
        made = self.do("make_campaign", order=order, shown=shown, **by)
        self.change(lambda session: campaigns.propose(session, session.get_one(Campaign, made.id), self.boss, at))
        self.do("start_campaign", campaign_id=made.id, **by)
        if text != "overdue-first":  # who was texted today is quiet for the rest of it
            return
        self.do("pause_campaign", campaign_id=made.id, **by)
        self.do("start_campaign", campaign_id=made.id, **by)
        assert self.whole("run_campaigns", at) == 1
        later = at + timedelta(minutes=1)
        sent = asyncio.run(casework.send_all(self.office, lambda: later, carrier=self.story.carrier))
        assert sent.sent == 1
        self.do("stop_campaign", campaign_id=made.id, at=later, actor=self.boss)

    def called(self, sender: str, line: str, at: datetime) -> None:
        """One whom somebody talks with, one that nobody takes."""
        self.story.sign_in(self.agent, f"{DAY} 11:55")
        self.do("inbound_call", sid="CAin", sender=sender, to=line, at=at)
        self.done |= {"inbound_desk", "settle_inbound", "conversation_about"}
        self.change(casework.inbound_desk, sid="CAin", status="in-progress", at=at)
        call = self.one(InboundCall)
        assert call.user_id is not None, "nobody's phone rang"
        agent = Actor(self.one(User, User.id == call.user_id).name, call.user_id)
        chosen = {"account_id": self.ids[6].id, "person_id": self.ids[6].person_id}
        self.do("choose_caller", call.id, **chosen, at=at, actor=agent)
        said = {Identifier.address: STREET, Identifier.id_last4: ID_NO[-4:], Identifier.birth_date: "19491231"}
        self.do("verify_caller", call.id, said, at, agent)
        with self.database.begin() as session:
            account = session.get_one(Account, self.ids[6].id)
            self.done.add("said_in_call")
            casework.said_in_call(session, self.office, actor=agent, account=account, subject="promise:1", at=at)
            casework.conversation_about(session, agent, account, at)
        self.do("send_how_to_pay_inbound", call.id, at, agent)
        gone = {"sid": "CAin", "sender": sender, "to": line, "status": "completed", "seconds": 5, "at": at}
        self.do("inbound_call_ended", **gone)
        self.do("inbound_recording_made", call_sid="CAin", sid="RE" + "2" * 32, seconds=5, at=at)
        self.do("inbound_outcome", call.id, Outcome.third_party, at, actor=agent, note=SECRET)
        self.do("inbound_call_ended", sid="CAno", sender="+8613700000000", to=line, status="busy", at=at, hung_up=True)
        casework.settle_inbound(self.office, at)

    def ledger(self) -> None:
        """A statement that differs, and a reversal that waits, is closed, and takes back another payment."""
        at, head = moment(f"{DAY} 14:30"), "reference,account_no,payer_name,amount,paid_at,kind,reverses,reason\n"
        lines = [f"P70,A9,{NAME},7.00,2026-05-01,payment,,", f"V70,A9,{NAME},7.00,2026-05-02,reversal,GONE,{SECRET}"]
        lines += [f"V71,A9,{NAME},7.00,2026-05-02,reversal,LOST,{SECRET}"]
        self.load("payments", head + "\n".join(lines) + "\n", f"{DAY} 14:20")
        self.load("balances", "account_no,as_of,balance\nA9,2026-05-12,1.00\nA99,2026-05-12,5.00\n", f"{DAY} 14:25")
        self.done |= {"explain_difference", "note_reversal", "lone_reversal", "compare_statement", "compare_again"}
        differs = self.one(LedgerBalance, LedgerBalance.account_no == "A9")
        self.change(casework.explain_difference, differs.id, SECRET, at, self.boss)
        paid, first, second = (self.one(PaymentRow, PaymentRow.reference == name) for name in ("P70", "V70", "V71"))
        wait = {"at": at, "actor": self.boss, "until": date(2026, 5, 20)}
        self.change(casework.note_reversal, second.id, ReversalStep.wait, SECRET, **wait)
        self.change(casework.note_reversal, second.id, ReversalStep.closed, SECRET, at, self.boss)
        self.do("take_back", reversal_id=first.id, payment_id=paid.id, at=at, actor=self.boss)

    def others(self) -> None:
        at = moment(f"{DAY} 13:00")
        day = date(2026, 5, 12)

        def changes(session: Session) -> None:
            account = session.get_one(Account, self.ids[5].id)
            portfolio.unpause(session, account, day, day, actor="user:wu", at=at)
            book = session.get_one(Portfolio, self.story.cn)
            line = portfolio.add_caller(session, book, "02155510077", actor="cli", at=at)
            portfolio.rest_caller(session, session.get_one(CallerNumber, line.id), at, actor="cli", at=at)

        self.change(changes)
