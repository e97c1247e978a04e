"""Recordings of calls: heard on the page, drawn for listening, scored by a supervisor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse

from collector.casework import actions
from collector.casework.views import recordings as views
from collector.casework.views import within
from collector.dispatch.rules import Criterion, RecordingState
from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.foundation.phone import masked
from collector.portfolio.queries import portfolios
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, num, render, table

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
ASKS = {
    Criterion.introduced: "Said who calls, and from where",
    Criterion.verified: "Not a word about the debt before the person was verified",
    Criterion.courteous: "Stayed courteous",
    Criterion.lawful: "No threat, no insult, no invented consequence",
    Criterion.concluded: "Ended with a plan, or with what happens next",
}
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class RecordingPage(Page):
    template: ClassVar[str] = "recording.html"
    recording_id: int
    account_id: int | None
    key: str
    facts: Sequence[tuple[str, str]]
    can_be_heard: bool
    state: str
    may_score: bool
    asks: Sequence[tuple[str, str]]
    scores: Table


@dataclass(frozen=True)
class QualityPage(Page):
    template: ClassVar[str] = "quality.html"
    to_hear: Table
    scored: Table


@router.get("/recordings/{recording_id}")
def recording_page(recording_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        seen = views.played(session, caller.actor.scope, recording_id)
        row, told = seen.recording, Told(t, seen.zone)
        page = RecordingPage(
            frame=frame,
            recording_id=recording_id,
            account_id=seen.account_id,
            key=seen.key,
            facts=[
                (t("When"), told.whose(row.at)),
                (t("Agent"), row.agent.removeprefix("user:")),
                (t("Number"), masked(seen.number)),
                (t("Length"), length(row.seconds)),
                (t("Kept until"), told.day(row.keep_until)),
                ("SHA-256", row.sha256 or ""),
            ],
            can_be_heard=row.state is RecordingState.kept,
            state=t.word(row.state),
            may_score=may_open(caller, "score_call") and row.agent != caller.actor.name,
            asks=[(one.value, t(words)) for one, words in ASKS.items()],
            scores=table(
                [t("When"), t("By"), num("%"), t("Met"), t("Note")],
                [
                    [
                        told.moment(one.at),
                        one.actor.removeprefix("user:"),
                        num(str(one.percent)),
                        Cell(", ".join(t.word(word) for word in one.met), "wrap"),
                        Cell(one.note, "wrap"),
                    ]
                    for one in seen.scores
                ],
                t("Nobody scored this call yet."),
            ),
        )
    return render(page)


def length(seconds: int) -> str:
    return f"{seconds // 60:02}:{seconds % 60:02}"


@router.get("/recordings/{recording_id}/sound")
def recording_sound(recording_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """The sound, whole or in parts. Who begins to listen is on record."""
    with reading(desk) as session:
        row = within.recording(session, caller.actor.scope, recording_id)
    file = actions.file_of(desk.office, recording_id)
    if row.state is not RecordingState.kept or not file.is_file():
        raise NotFound
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        with writing(desk) as session:
            actions.note_played(session, recording_id, desk.clock(), caller.actor)
    return FileResponse(
        file, media_type="audio/x-wav", filename=f"{recording_id}.wav", content_disposition_type="inline"
    )


class ScoreForm(Form):
    introduced: bool = False
    verified: bool = False
    courteous: bool = False
    lawful: bool = False
    concluded: bool = False
    note: str = ""


@router.post("/recordings/{recording_id}/score")
def score_call(recording_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ScoreForm, fields)
    met = [one for one in Criterion if getattr(form, one.value)]
    with writing(desk) as session:
        within.recording(session, caller.actor.scope, recording_id)
        actions.score_call(session, recording_id, met, form.note, desk.clock(), caller.actor)
    return see(f"/recordings/{recording_id}", "scored")


@router.get("/quality")
def quality(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """Calls drawn for today, and how each agent's calls were found in a month."""
    now, frame = desk.clock(), frame_of(request, caller)
    t, scope = frame.t, caller.actor.scope
    with reading(desk) as session:
        books = portfolios(session, scope)
        today = local_day(now, books[0].timezone if books else "UTC")
        page = QualityPage(
            frame=frame,
            to_hear=table(
                [t("Agent"), t("When"), t("Account"), num(t("Length"))],
                [
                    [
                        one.agent.removeprefix("user:"),
                        Cell(Told(t, one.zone).whose(one.at), "", f"/recordings/{one.recording_id}"),
                        Cell(one.key, "", f"/accounts/{one.account_id}" if one.account_id else ""),
                        num(length(one.seconds)),
                    ]
                    for one in views.to_hear(session, scope, now, today)
                ],
                t("No call waits to be listened to. Recorded calls of the last week are drawn here each day."),
            ),
            scored=table(
                [t("Agent"), num(t("Calls heard")), num("%")],
                [
                    [one.agent.removeprefix("user:"), num(str(one.calls)), num(str(one.percent))]
                    for one in views.scored(session, scope, now - MONTH)
                ],
                t("No call was scored in the last 30 days."),
            ),
        )
    return render(page)
