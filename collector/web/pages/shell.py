"""What every page shares: where its reader can go, what was just done, and how an error is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from starlette.routing import Match

from collector.casework.views.calling_in import AtDesk
from collector.dispatch.rules import AgentState
from collector.foundation.errors import BadInput, Problem
from collector.web.access import PAGES
from collector.web.answers import reasons
from collector.web.pages import navigation
from collector.web.session import AGENTS, Caller
from collector.web.templating import Bar, Frame, Page, Readiness, Told, city, language_of, render
from collector.web.typed import Typed
from collector.web.words import Words, plain_form

F = TypeVar("F", bound="Form")

SAID = {
    "filed": "The paper is on file.",
    "outcome": "The result is recorded.",
    "verified": "It is them: the account is open for this call.",
    "not-verified": "That is not what is on file. Ask again, or for another identifier.",
    "how-to-pay": "How to pay is on its way.",
    "done": "It is recorded as done.",
    "promise": "The promise is recorded.",
    "approval": "A supervisor must agree to this promise; it waits for approval.",
    "withdrawn": "The promise is withdrawn.",
    "paid": "Noted: they say it is paid. The account rests while operations looks for the money.",
    "looked": "Noted what was found.",
    "callback": "The call-back is agreed.",
    "disposition": "The conversation is noted.",
    "dispute": "The dispute is registered; collection on this account stops until it is answered.",
    "answered": "The dispute is answered.",
    "complaint": "The complaint is registered; the account rests until it is looked at.",
    "stop": "Contact is stopped.",
    "lifted": "Lifted: contact may go on.",
    "wish": "Noted; the gate asks it from now on.",
    "ended": "Noted: it holds no longer.",
    "found": "The phone is added; calling starts afresh.",
    "hold": "Contact is held.",
    "pause": "The days are taken out of ageing.",
    "level": "The level is lowered.",
    "moved": "The referral is moved.",
    "route": "The route is changed; the one before stays on record.",
    "negotiator": "Noted who talks from now on; nobody else calls.",
    "clock": "Recorded; the clocks are counted anew.",
    "matter-stage": "The stage is entered; the clocks are counted anew.",
    "matter-struck": "Struck: it counts no more, and stays to be read.",
    "court-date": "It is in the court calendar.",
    "court-date-ended": "Noted how it ended.",
    "matter-cost": "The cost is noted.",
    "counsel-received": "Noted: counsel has it.",
    "decided": "Decided.",
    "asked-two": "Proposed; nothing changes until another person agrees.",
    "asked-no-more": "Withdrawn; it is asked no more.",
    "cancelled": "Cancelled: it will not take effect.",
    "registered": "Noted what the carrier said.",
    "extended": "The hold lasts longer.",
    "extension": "So long a hold needs a second person; it waits for a supervisor.",
    "proposed": "Proposed; a second person confirms.",
    "planned": "Today is planned.",
    "explained": "Noted: it stays listed as explained until both sides agree.",
    "waits": "Noted: the reversal waits for its payment.",
    "closed": "The reversal is closed.",
    "handled": "Noted as handled.",
    "scored": "The score is noted.",
    "user": "Done.",
    "changed": "The user is changed. Other roles end their sessions; they sign in again with them.",
    "unchanged": "Nothing was changed.",
    "unlocked": "They may try again at once.",
    "revoked": "The key opens nothing any more.",
    "new-password": "The password is set. Please sign in with it.",
    "reset-asked": "Asked: another admin decides under Users.",
    "codes": "From now on you sign in with a code of your app too.",
    "codes-off": "You sign in without a code.",
    "sessions": "The other sessions are ended.",
    "password": "The password is changed. Please sign in with it.",
    "none": "No call is due for you now.",
    "calling": "Your own phone rings; when you answer, the borrower is dialled.",
    "nobody": "Nobody of yours could call: no account is late, or none has a phone.",
    "calls-in": "Somebody is calling now; the bar at the top of the page opens the call.",
    "call-over": "That call is over.",
    "call-done": "The call is noted.",
    "released": "The call is back in its queue.",
    "out": "You are signed out.",
    "ready": "You are ready: calls come to you.",
    "break": "You are on a break: no call comes to you until you choose ready.",
    "on-break": "You are on a break. Choose ready to take calls.",
    "allocated": "The accounts are given as you were shown.",
    "recalled": "Taken back: nobody has it until somebody is given it again.",
    "keep-asked": "A supervisor is asked to let you keep it.",
    "kept-case": "The owner keeps it until that day.",
    "absence": "Noted: meanwhile the stand-in has what is theirs.",
    "back": "Noted: they are back.",
    "campaign-made": "Kept as a draft: nothing is sent before it begins.",
    "campaign-asked": "A second person is asked.",
    "campaign-start": "It runs: a few people first.",
    "campaign-pause": "Paused: nobody more is contacted.",
    "campaign-stop": "Stopped for good.",
    "terms-asked": "Proposed. Not a word of it to the borrower before a second person agrees.",
    "terms-offered": "Noted: the borrower knows. Ordinary dunning rests until the day is over.",
    "terms-signed": "Noted: the agreed schedule holds from now on.",
    "terms-withdrawn": "Withdrawn: the debt is what it was.",
    "terms-closed": "Closed: all open work about this account has ended.",
    "started": "This file was started already, in another tab or by a second click; here is how far it is.",
    "kept": "The mapping is kept; the next file of this portfolio and kind begins with it.",
    "dropped": "The file is discarded.",
    "strategy-proposed": "The strategy is submitted; a second person publishes it.",
    "strategy-withdrawn": "The proposal is withdrawn; the draft stays.",
    "strategy-void": "Changed. What was submitted is withdrawn: a second person approves only what was shown.",
    "printed": "Printed; the file is on the page of the letter.",
    "letter-posted": "Noted as posted.",
    "letter-arrived": "Noted as arrived.",
    "letter-returned": "Noted as come back.",
    "numbered": "The posting numbers stand on the list.",
    "letter-struck": "Struck; the clocks count without it.",
    "letter-left": "On record as posted against the gate's no; the supervisor is told.",
    "purge-asked": "A second person is asked; nothing is removed before they agree.",
    "hold-asked": "A second person is asked.",
    "original-noted": "Noted in the archive.",
    "letter-signed": "The signed slip is filed.",
    "strategy-dropped": "The draft is dropped.",
}


class Form(BaseModel):
    """The fields of a form: nothing else is taken, an empty field is an absent one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _absent(cls, fields: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in fields.items() if value.strip()}


def read(form: type[F], fields: dict[str, str]) -> F:
    """The fields as that form, or a `BadInput` that names each field that is wrong."""
    try:
        return form.model_validate(fields)
    except ValidationError as error:
        raise BadInput(problems=reasons(error.errors(), plain_form)) from error


def may_open(caller: Caller, route: str) -> bool:
    return bool(PAGES[route] & caller.actor.roles)


def frame_of(request: Request, caller: Caller) -> Frame:
    """The frame for someone who is signed in."""
    t = Words(caller.language)
    first, second = ((), ()) if caller.held else navigation.links(caller, request.url.path, t)
    said, undo = SAID.get(request.query_params.get("said", "")), request.query_params.get("undo", "")
    return Frame(
        t=t,
        path=request.url.path,
        display_name=caller.display_name,
        roles=", ".join(t.word(role) for role in sorted(caller.actor.roles)),
        csrf=caller.csrf,
        links=first,
        neighbours=second,
        said=t(said) if said else "",
        undo=f"{request.url.path}?again={undo}" if said and undo.removeprefix("c").isdecimal() else "",
        readiness=_readiness(caller, t),
        confirm=not caller.fresh,
        reset=_reset(caller, t),
        bar=bar_of(caller.at_desk, t) if caller.at_desk else None,
        live="/desk/live" if caller.actor.roles & AGENTS else "",
    )


def bar_of(at_desk: AtDesk, t: Words) -> Bar:
    """The call at the reader's desk: who it may be, and where it opens."""
    who = at_desk.name or t("not known who")
    words = t("Inbound call: {who} · {number}", who=who, number=at_desk.number)
    return Bar(words, t.word(at_desk.state), f"/calls-in/{at_desk.call_id}")


def _reset(caller: Caller, t: Words) -> str:
    """That somebody gave this login a new password, until its user took note (ASVS 6.4)."""
    user = caller.user
    if user is None or user.reset_at is None or user.reset_seen_at is not None:
        return ""
    when = Told(t, "UTC").whose(user.reset_at)
    by, asked = whose(user.reset_by, t), whose(user.reset_asked_by, t)
    if user.reset_asked_by:
        return t(
            "Your password was reset at {moment} with a code of {name}, as {asked} had asked.",
            moment=when,
            name=by,
            asked=asked,
        )
    return t("Your password was reset at {moment} with a code of {name}.", moment=when, name=by)


def whose(actor: str | None, t: Words) -> str:
    """Who did something, as people call them."""
    kind, _, name = (actor or "").partition(":")
    if kind == "user":
        return name
    return t("the command line") if kind == "cli" else kind


def _readiness(caller: Caller, t: Words) -> Readiness | None:
    """What the head says of an agent."""
    if not caller.actor.roles & AGENTS:
        return None
    on_break = caller.choice is not None and caller.choice.state is AgentState.on_break
    other = AgentState.ready if on_break else AgentState.on_break
    state, at = caller.state
    waits = state is AgentState.on_break
    since = f"{Told(t, caller.zone).hour(at)} {city(caller.zone)}" if waits and at else ""
    return Readiness(
        t.word(state), since, state in (AgentState.on_break, AgentState.wrap_up), other.value, t.word(other)
    )


def see(path: str, said: str = "") -> RedirectResponse:
    """Back to a page after a form, so that loading it again does nothing twice."""
    joined = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joined}said={said}" if said else path, 303)


def own_page(request: Request, path: str) -> str:
    """A page of ours to go back to, by the list of our own routes; anything else is home (security section 2)."""
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    scope = {"type": "http", "method": "GET", "path": urlsplit(path).path}
    known = plain and any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    return urlsplit(path).path if known else "/"


@dataclass(frozen=True)
class ErrorPage(Page):
    template: ClassVar[str] = "error.html"
    status: int
    sentence: str
    problems: Sequence[str]
    back: str
    """The page the form stood on; home where there was none."""
    typed: Sequence[tuple[str, str]]


def error_page(request: Request, status: int, sentence: str, problems: Sequence[Problem], kept: Typed) -> HTMLResponse:
    """A sentence for people. What it names comes from our own rules; below it, apart, stands what they had typed."""
    caller = getattr(request.state, "caller", None)
    frame = frame_of(request, caller) if caller else Frame(Words(language_of(request)), request.url.path)
    whole, listed = _refused(sentence, problems, frame.t)
    page = ErrorPage(frame, status, whole, listed, own_page(request, kept.page), told_again(kept, frame.t))
    return render(page, status)


def _refused(sentence: str, problems: Sequence[Problem], t: Words) -> tuple[str, Sequence[str]]:
    """The sentence in the reader's language, and the problems that it does not name itself. Where it is nothing but
    its problems, they are told one by one: what somebody typed can not be taken for a part of the sentence."""
    named = [problem for problem in problems if str(problem) in sentence]
    whole = t.problems(named) if sentence == "; ".join(map(str, named)) else t.error(sentence)
    return whole, [t.problem(problem) for problem in problems if problem not in named]


def told_again(kept: Typed, t: Words) -> Sequence[tuple[str, str]]:
    """Name and content of what was typed."""
    return [(t.word(name), value) for name, value in kept.fields]
