"""Twilio's callbacks. Each is verified by the public address before anything is read from it (security section 2).

A forged one gets 403; a repeated one gets success and changes nothing; an answer with a number in it is given once.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from collector.casework import actions
from collector.dispatch import twiml
from collector.dispatch.rules import Progress
from collector.dispatch.twilio_words import MESSAGE_PROGRESS
from collector.foundation.errors import BadInput, Forbidden
from collector.web.session import DeskParam, writing

router = APIRouter(prefix="/webhooks/twilio", include_in_schema=False)

HEARD = ("/voice-", "/dial-result/", "/announce/")


async def genuine(request: Request, desk: DeskParam) -> AsyncIterator[FormData]:
    """The form of a callback that the carrier signed for our account, by our public address; when its turn comes."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    query = request.scope["query_string"]
    address = (raw.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")
    form = await request.form(max_files=0, max_fields=200)
    if not desk.signatures.genuine(address, form, request.headers.get("X-Twilio-Signature", "")):
        raise Forbidden("this is not signed by the carrier")
    async with desk.voices if _is_heard(request) else desk.callbacks:
        yield form


def _is_heard(request: Request) -> bool:
    """Whether somebody with a phone at their ear waits for the answer: they do not queue behind receipts of
    messages."""
    return request.url.path.removeprefix(router.prefix).startswith(HEARD)


FormParam = Annotated[FormData, Depends(genuine)]
Token = Annotated[str, Path(max_length=100)]


def _word(form: FormData, name: str) -> str:
    value = form.get(name)
    if not isinstance(value, str) or not value:
        raise BadInput(f"{name} is missing")
    return value


def _optional(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _number(form: FormData, name: str) -> int | None:
    value = _optional(form, name)
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def _script(document: str) -> Response:
    return Response(document, media_type="text/xml")


def _taken() -> Response:
    return Response(status_code=204)


@router.post("/message-status/{token}")
def message_status(token: Token, form: FormParam, desk: DeskParam) -> Any:
    status = _word(form, "MessageStatus")
    with writing(desk) as session:
        actions.message_status(
            session,
            desk.office,
            token=token,
            sid=_word(form, "MessageSid"),
            status=status,
            progress=MESSAGE_PROGRESS.get(status, Progress.accepted),
            error_code=_number(form, "ErrorCode"),
            at=desk.clock(),
        )
    return _taken()


@router.post("/message-in")
def message_in(form: FormParam, desk: DeskParam) -> Any:
    with writing(desk) as session:
        words = actions.inbound_sms(
            session,
            desk.office,
            sid=_word(form, "MessageSid"),
            sender=_word(form, "From"),
            to=_word(form, "To"),
            body=_optional(form, "Body"),
            at=desk.clock(),
        )
    return _script(twiml.reply(words))


@router.post("/voice-script/{token}")
def voice_script(token: Token, form: FormParam, desk: DeskParam) -> Any:
    """The agent's leg was answered: the moment of dialling."""
    with writing(desk) as session:
        document = actions.dial_script(
            session, desk.office, token=token, call_sid=_word(form, "CallSid"), at=desk.clock()
        )
    return _script(document)


@router.post("/call-status/{token}")
def call_status(token: Token, form: FormParam, desk: DeskParam) -> Any:
    with writing(desk) as session:
        actions.call_status(
            session,
            desk.office,
            token=token,
            sid=_word(form, "CallSid"),
            status=_word(form, "CallStatus"),
            at=desk.clock(),
        )
    return _taken()


@router.post("/dial-status/{token}")
def dial_status(token: Token, form: FormParam, desk: DeskParam) -> Any:
    with writing(desk) as session:
        actions.dial_status(
            session,
            token=token,
            sid=_word(form, "CallSid"),
            status=_word(form, "CallStatus"),
            at=desk.clock(),
        )
    return _taken()


@router.post("/dial-result/{token}")
def dial_result(token: Token, form: FormParam, desk: DeskParam) -> Any:
    """The borrower's leg ended: the waiting agent's leg is hung up."""
    with writing(desk) as session:
        actions.dial_result(
            session,
            desk.office,
            token=token,
            sid=_optional(form, "DialCallSid") or _word(form, "CallSid"),
            status=_word(form, "DialCallStatus"),
            seconds=_number(form, "DialCallDuration"),
            at=desk.clock(),
        )
    return _script(twiml.hang_up())


@router.post("/announce/{token}")
def announce(token: Token, form: FormParam, desk: DeskParam) -> Any:
    """The borrower answered a call that is recorded."""
    with writing(desk) as session:
        document = actions.announcement(session, token=token)
    return _script(document)


@router.post("/recording/{token}")
def recording(token: Token, form: FormParam, desk: DeskParam) -> Any:
    if _is_made(form):
        with writing(desk) as session:
            actions.recording_made(
                session,
                desk.office,
                token=token,
                sid=_word(form, "RecordingSid"),
                seconds=_number(form, "RecordingDuration"),
                at=desk.clock(),
            )
    return _taken()


def _is_made(form: FormData) -> bool:
    return _optional(form, "RecordingStatus") in ("", "completed")


@router.post("/voice-in")
def voice_in(form: FormParam, desk: DeskParam) -> Any:
    with writing(desk) as session:
        document = actions.inbound_call(
            session,
            desk.office,
            sid=_word(form, "CallSid"),
            sender=_word(form, "From"),
            to=_word(form, "To"),
            at=desk.clock(),
        )
    return _script(document)


@router.post("/voice-in/desk")
def voice_in_desk(form: FormParam, desk: DeskParam) -> Any:
    """The phone of a desk answered a call that came in."""
    with writing(desk) as session:
        actions.inbound_desk(
            session,
            sid=_word(form, "ParentCallSid"),
            status=_word(form, "CallStatus"),
            at=desk.clock(),
        )
    return _taken()


@router.post("/voice-in/recording/{sid}")
def voice_in_recording(sid: Token, form: FormParam, desk: DeskParam) -> Any:
    """A call that came in was recorded."""
    if _is_made(form):
        with writing(desk) as session:
            actions.inbound_recording_made(
                session,
                desk.office,
                call_sid=sid,
                sid=_word(form, "RecordingSid"),
                seconds=_number(form, "RecordingDuration"),
                at=desk.clock(),
            )
    return _taken()


@router.post("/voice-in/ended")
def voice_in_ended(form: FormParam, desk: DeskParam) -> Any:
    """The desk's leg of a call that came in ended; where the call itself is completed, the caller hung up."""
    with writing(desk) as session:
        document = actions.inbound_call_ended(
            session,
            desk.office,
            sid=_word(form, "CallSid"),
            sender=_word(form, "From"),
            to=_word(form, "To"),
            status=_optional(form, "DialCallStatus"),
            at=desk.clock(),
            hung_up=_optional(form, "CallStatus") == "completed",
            seconds=_number(form, "DialCallDuration"),
        )
    return _script(document)
