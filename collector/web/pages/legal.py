"""The legal team's list by what is lost first, and the clocks of an account with all that moved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from pydantic import Field

from collector.casework import actions
from collector.casework.views import within
from collector.casework.views.archive import ArchivePart, archived
from collector.casework.views.lapsing import SHOWN, CaseFile, Line, case_file, queue
from collector.casework.views.matters import Beside, MatterCase, beside, matter_case
from collector.casework.views.referred import Referred, referred
from collector.history.actions import ClockNote
from collector.law.rules import OF_OTHER_TABLES, Clock, ClockKind, ContractKind, Event, Happening, Move
from collector.web.pages.law import MARKS
from collector.web.pages.legal_batch import filed_shown
from collector.web.pages.legal_choosing import Choosing, choosing, narrow_by
from collector.web.pages.legal_referral import ReferralPart, referral_part
from collector.web.pages.matter_lists import beside_cells, beside_head
from collector.web.pages.matter_parts import MatterShown, matter_shown
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Page, Table, Told, choices, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
LOOKED = 1000
"""Cases that a narrowed list is chosen from."""
URGENT, NEAR = 7, 30
"""Days from which a line is red, or amber."""


@dataclass(frozen=True)
class LegalPage(Page):
    template: ClassVar[str] = "legal.html"
    choosing: Choosing
    is_cut: bool
    shown: int
    not_back: int


@dataclass(frozen=True)
class ClockShown:
    """One clock: where it ends, on whose authority, and what moved it."""

    title: str
    state: str
    look: str
    cautious: str
    legal: str
    reasons: str
    source: str
    evidence: str
    mark: str
    note: str
    moves: Table


@dataclass(frozen=True)
class CasePage(Page):
    template: ClassVar[str] = "legal_case.html"
    account_id: int
    key: str
    name: str
    amounts: str
    referral: ReferralPart
    clocks: Sequence[ClockShown]
    alarms: Table
    events: Table
    may_note: bool
    today: str
    kinds: Sequence[Choice]
    papers: Sequence[Choice]
    guarantors: Sequence[Choice]
    contracts: Sequence[Choice]
    running: Sequence[Choice]
    noted: Sequence[Choice]
    matter: MatterShown | None
    may_hand_over: bool


@router.get("/legal")
def legal_page(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """What is lost first is on top, referred or not."""
    frame, narrow = frame_of(request, caller), narrow_by(request.query_params)
    with reading(desk) as session:
        most = LOOKED if narrow.is_any else SHOWN
        found = queue(session, caller.actor.scope, desk.clock(), most, only_referred=narrow.is_of_referred)
        matters = beside(session, [line.account_id for line in found])
        lines = [line for line in found if narrow.takes(line, matters.get(line.account_id))][:SHOWN]
        late = archived(session, caller.actor, ArchivePart.overdue, desk.clock())
        told = choosing(
            session,
            lines,
            _lines(lines, matters, frame.t),
            may_decide=may_open(caller, "run_batch"),
            filed=filed_shown(session, caller, frame.t),
            narrow=narrow,
            t=frame.t,
        )
    return render(LegalPage(frame, told, len(lines) >= SHOWN or len(found) >= LOOKED, len(lines), len(late)))


def _lines(lines: Sequence[Line], matters: Mapping[int, Beside], t: Words) -> Table:
    head: list[Cell | str] = [num(t("Days left")), t("Account"), t("Name"), t("What is lost"), t("Cautious date")]
    head += [t("Legal date"), t("Route"), t("Referral"), num(t("Papers")), t("Preserved until")]
    head += [num(t("Overdue")), *beside_head(t)]
    empty = t("No clock is near and nothing is referred. A clock shows here from a year before its day.")
    rows = [[*_line(line, t), *beside_cells(matters.get(line.account_id), t)] for line in lines]
    return table(head, rows, empty)


def _line(line: Line, t: Words) -> Sequence[Cell | str]:
    told, first = Told(t, line.zone, line.currency), line.first
    return [
        num("" if line.days is None else str(line.days), _look(line.days)),
        Cell(line.key, "", f"/legal/{line.account_id}"),
        line.name,
        t.word(first.kind) if first else t("nothing that is near"),
        told.day(first.cautious_on) if first else "",
        told.day(first.legal_on) if first else "",
        t.word(line.route),
        t.word(line.referral.state) if line.referral else "",
        num(f"{line.complete} %"),
        told.day(line.preserved_until),
        num(told.money(line.overdue)),
    ]


def _look(days: int | None) -> str:
    if days is None or days > NEAR:
        return ""
    return "late" if days <= URGENT else "look"


@router.get("/legal/{account_id}")
def legal_case(request: Request, account_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    with reading(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        case, now = case_file(session, account_id, desk.clock()), desk.clock()
        decided, matter = referred(session, account, case.line.referral), matter_case(session, account_id)
    return render(_case(request, case, decided, matter, caller, now))


def _case(
    request: Request, case: CaseFile, decided: Referred, matter: MatterCase | None, caller: Caller, now: datetime
) -> CasePage:
    frame, line = frame_of(request, caller), case.line
    t = frame.t
    told = Told(t, line.zone, line.currency)
    names = {f"document:{row.id}": f"{row.id} · {row.name}" for row in case.papers}
    people = dict(case.guarantors)
    return CasePage(
        frame=frame,
        account_id=line.account_id,
        key=line.key,
        name=line.name,
        amounts=t("overdue {overdue} of {owed} owed", overdue=told.money(line.overdue), owed=told.money(line.owed)),
        referral=referral_part(case, decided, caller, told),
        clocks=[_clock(one, line.today, names, people, t) for one in case.clocks.clocks],
        alarms=_alarms(case, t),
        events=_events(case.noted, names, people, t),
        may_note=may_open(caller, "note_clock_event"),
        today=line.today.isoformat(),
        kinds=choices(t, [kind for kind in Happening if kind not in OF_OTHER_TABLES]),
        papers=[Choice(str(row.id), f"{row.id} · {t.word(row.kind)} · {row.name}") for row in case.papers],
        guarantors=[Choice(str(number), name) for number, name in case.guarantors],
        contracts=choices(t, ContractKind),
        running=[Choice(one.key, _title(one, people, t)) for one in case.clocks.clocks if not one.is_over],
        noted=[Choice(str(one.number), f"{t.word(one.kind)} {one.on.isoformat()}") for one in case.noted],
        matter=matter_shown(matter, case.papers, told, now) if matter else None,
        may_hand_over=may_open(caller, "hand_over_matter"),
    )


def _title(clock: Clock, people: dict[int, str], t: Words) -> str:
    word = t.word(clock.kind)
    return word if clock.person_id is None else f"{word} · {people.get(clock.person_id, '')}"


def _clock(clock: Clock, today: date, names: dict[str, str], people: dict[int, str], t: Words) -> ClockShown:
    state, look = _state(clock, today, t)
    source = clock.source
    return ClockShown(
        title=_title(clock, people, t),
        state=state,
        look=look,
        cautious=clock.cautious_on.isoformat(),
        legal=clock.legal_on.isoformat(),
        reasons=", ".join(t.word(one) for one in clock.reasons),
        source=f"{source.rule} · {source.source_in(t.language)}",
        evidence=t.word(source.evidence),
        mark=MARKS[source.evidence],
        note=source.note_in(t.language),
        moves=table(
            [t("Day"), t("What happened"), t("Proof"), t("Cautious date"), t("Legal date"), t("Why not")],
            [_move(move, names, t) for move in clock.moves],
            _unmoved(clock, t),
        ),
    )


def _unmoved(clock: Clock, t: Words) -> str:
    if clock.kind is ClockKind.limitation:
        return t("Nothing has moved it. A demand that arrived, a payment or a promise would, with its evidence.")
    return t("Nothing moves its end; only what is done in time keeps the right.")


def _state(clock: Clock, today: date, t: Words) -> tuple[str, str]:
    """In words, and how it looks."""
    if clock.met is not None:
        return t("kept by: {what}, {day}", what=t.word(clock.met.kind), day=clock.met.on.isoformat()), "good"
    if clock.let_go is not None:
        return t("let go on {day}", day=clock.let_go.on.isoformat()), "dim"
    days = (clock.cautious_on - today).days
    if days >= 0:
        return t("{days} days left", days=days), _look(days)
    if clock.legal_on >= today:
        return t("only the legal date is ahead: {days} days", days=(clock.legal_on - today).days), "late"
    return t("lapsed"), "dim"


def _move(move: Move, names: dict[str, str], t: Words) -> Sequence[Cell | str]:
    event = move.event
    moved = [day.isoformat() if day else "·" for day in (move.cautious_on, move.legal_on)]
    return [event.on.isoformat(), t.word(event.kind), _evidence(event, names, t), *moved, t.word(move.reason)]


def _evidence(event: Event, names: dict[str, str], t: Words) -> str:
    """What proves it, by its kind and number; a paper by its name."""
    if not event.evidence:
        return t("only told")
    table_, _, number = event.evidence.partition(":")
    return f"{t.word(table_)} {names.get(event.evidence, number)}"


def _alarms(case: CaseFile, t: Words) -> Table:
    head: list[Cell | str] = [t("Day"), t("What is lost"), t("Cautious date"), num(t("Days ahead"))]
    rows: list[Sequence[Cell | str]] = [
        [row.day.isoformat(), t.word(row.kind), row.cautious_on.isoformat(), num(str(row.ahead) if row.ahead else "·")]
        for row in reversed(case.alarms)
    ]
    return table(head, rows, t("No alarm was raised. They come 180, 90, 30 and 7 days before the cautious date."))


def _events(noted: Sequence[Event], names: dict[str, str], people: dict[int, str], t: Words) -> Table:
    head = [t("Number"), t("Day"), t("What happened"), t("Proof"), t("Guarantor"), t("More")]
    rows: list[Sequence[Cell | str]] = [
        [
            num(str(one.number)),
            one.on.isoformat(),
            t.word(one.kind),
            _evidence(one, names, t),
            people.get(one.person_id or 0, ""),
            _more(one, t),
        ]
        for one in noted
    ]
    return table(head, rows, t("Nothing is recorded yet. Payments and promises move the clocks by themselves."))


def _more(one: Event, t: Words) -> str:
    parts = [one.until.isoformat() if one.until else "", one.place or "", t.word(one.contract), one.clock or ""]
    return " · ".join([*filter(None, parts), *([t("about {number}", number=one.about)] if one.about else [])])


class NoteForm(Form):
    kind: Happening
    day: date
    until: date | None = None
    document_id: int | None = Field(default=None, ge=1, le=2**62)
    guarantor_id: int | None = Field(default=None, ge=1, le=2**62)
    about_id: int | None = Field(default=None, ge=1, le=2**62)
    place: str | None = Field(default=None, max_length=8)
    contract: ContractKind | None = None
    clock: str | None = Field(default=None, max_length=64)


@router.post("/legal/{account_id}/events")
def note_clock_event(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(NoteForm, fields)
    note = ClockNote(**form.model_dump())
    with writing(desk) as session:
        within.account(session, caller.actor.scope, account_id)
        actions.note_clock(session, desk.office, account_id, note, now=desk.clock(), actor=caller.actor)
    return see(f"/legal/{account_id}", "clock")
