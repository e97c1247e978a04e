"""When and how a person may be contacted: the calendar, stops, and what they asked for; each changed with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Path, Request

from collector.casework import actions
from collector.casework.views import repeats, within
from collector.casework.views.account import stops_of
from collector.casework.views.calendar import calendar
from collector.casework.views.wishes import wishes_of
from collector.compliance.rules import TREATED_UNTIL, NumberKind
from collector.foundation.clock import at_local
from collector.foundation.errors import BadInput
from collector.history.rules import OF_ONE_DEBT, Channel, Standing, StopKind
from collector.history.tables import StandingRow
from collector.web.pages.account_parts import stop_words
from collector.web.pages.opening import closed_file
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.pages.strip import Strip, strip
from collector.web.pages.talk import ReasonForm, locked
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Choice, Page, Told, choices, render
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class ContactPage(Page):
    template: ClassVar[str] = "contact.html"
    account_id: int
    key: str
    strip: Strip
    stops: Sequence[tuple[int, str]]
    wishes: Sequence[tuple[int, str]]
    may_note: bool
    may_end: bool
    channels: Sequence[Choice]
    places: Sequence[Choice]
    stop_kinds: Sequence[Choice]
    weekdays: Sequence[tuple[str, str]]


@router.get("/accounts/{account_id}/contact")
def contact_page(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    now, frame = desk.clock(), frame_of(request, caller)
    t = frame.t
    if closed := closed_file(request, desk, caller, account_id):
        return closed
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        told = Told(t, book.timezone, book.currency)
        page = ContactPage(
            frame=frame,
            account_id=account_id,
            key=f"{book.code}/{account.account_no}",
            strip=strip(calendar(session, desk.office, account, now, caller.actor.name), told),
            stops=[(row.id or 0, stop_words(row, told)) for row in stops_of(session, account.person_id)],
            wishes=[(row.id or 0, _told(row, told)) for row in wishes_of(session, account, now)],
            may_note=may_open(caller, "log_wish"),
            may_end=may_open(caller, "end_wish"),
            channels=choices(t, Channel),
            places=choices(t, NumberKind),
            stop_kinds=choices(t, StopKind),
            weekdays=[(day, t.word(day)) for day in WEEKDAYS],
        )
    return render(page)


def _told(row: StandingRow, told: Told) -> str:
    """What was asked for or agreed, in words, and since when."""
    t = told.t
    parts = [t.word(row.kind), t.word(row.channel), *_details(row.detail, t), told.moment(row.at)]
    if row.until:
        parts.append(t("until {moment}", moment=told.moment(row.until)))
    return " · ".join(part for part in parts if part)


def _details(detail: Mapping[str, Any], t: Words) -> list[str]:
    before, after, weekdays = detail.get("not_before"), detail.get("not_after"), detail.get("weekdays") or ()
    said = [
        t("not before {time}", time=before) if before else "",
        t("not after {time}", time=after) if after else "",
        ", ".join(t.word(day) for day in weekdays),
        t.word(detail.get("place")),
        str(detail.get("hours") or ""),
        t("evidence {id}", id=detail["evidence_id"]) if detail.get("evidence_id") else "",
        t("treated until {day}", day=detail[TREATED_UNTIL]) if detail.get(TREATED_UNTIL) else "",
        str(detail.get("reason") or ""),
    ]
    return [words for words in said if words]


Noted = Literal[
    "preference",
    "agreement",
    "consent",
    "revoked",
    "verification_sent",
    "validation_notice",
    "mental_health_crisis",
]


class WishForm(Form):
    """A preference, an agreement on hours, a consent or its revocation, a notice that went out, an illness."""

    kind: Noted
    reason: str
    channel: Channel | None = None
    not_before: time | None = None
    not_after: time | None = None
    place: NumberKind | None = None
    starts: time | None = None
    ends: time | None = None
    evidence: str | None = None
    until: date | None = None
    mon: bool = False
    tue: bool = False
    wed: bool = False
    thu: bool = False
    fri: bool = False
    sat: bool = False
    sun: bool = False

    def detail(self) -> dict[str, Any]:
        """As the gate reads it; a wish that says nothing is a `BadInput`."""
        found: dict[str, Any] = {"reason": self.reason}
        if self.kind == "preference":
            found |= self._preference()
        elif self.kind == "agreement":
            found |= self._agreement()
        elif self.evidence:
            found["evidence_id"] = self.evidence
        if self.kind == "mental_health_crisis" and self.until:
            found[TREATED_UNTIL] = self.until.isoformat()
        return found

    def _preference(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "not_before": _clock(self.not_before),
            "not_after": _clock(self.not_after),
            "weekdays": [day for day in WEEKDAYS if getattr(self, day)],
            "place": self.place.value if self.place else None,
        }
        if not any(said.values()) and self.channel is None:
            raise BadInput("a preference names hours, weekdays, a place or a channel: fill in at least one")
        return {name: value for name, value in said.items() if value}

    def _agreement(self) -> dict[str, Any]:
        if self.starts is None or self.ends is None or not self.evidence:
            raise BadInput("an agreement needs its hours, from and to, and the number of its evidence")
        return {"hours": f"{_clock(self.starts)}-{_clock(self.ends)}", "evidence_id": self.evidence}


def _clock(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at else None


@router.post("/accounts/{account_id}/wish")
def log_wish(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """What the person asked for or agreed to binds every account of theirs."""
    form = read(WishForm, fields)
    detail, kind = form.detail(), Standing(form.kind)
    with writing(desk) as session:
        account, book = locked(session, caller, account_id)
        lasts = form.until if kind is not Standing.mental_health_crisis else None  # the rule counts on from its end
        until = at_local(lasts + timedelta(days=1), time(0), book.timezone) if lasts else None
        what: dict[str, Any] = {"kind": kind, "channel": form.channel, "until": until, "detail": detail}
        if repeats.wish(session, account.person_id, **what) is None:
            actions.note_standing(
                session,
                desk.office,
                account.person_id,
                desk.clock(),
                caller.actor,
                portfolio_id=book.id,
                account_id=account_id if kind in OF_ONE_DEBT else None,
                **what,
            )
    return see(f"/accounts/{account_id}/contact", "wish")


@router.post("/accounts/{account_id}/wishes/{wish_id}/end")
def end_wish(account_id: Id, wish_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ReasonForm, fields)
    with writing(desk) as session:
        account, _ = locked(session, caller, account_id)
        row = within.wish(session, account, wish_id)
        actions.withdraw_standing(session, desk.office, row.id or 0, desk.clock(), caller.actor, form.reason)
    return see(f"/accounts/{account_id}/contact", "ended")
