"""The steps of a contact: claim, submit, record (design section 3). Casework strings them together.

Locks are taken in one order: the person, then the task, then the submission. Only a claim meets tasks before it knows
whose they are; it therefore never waits for a person while it holds a task.
"""

from collector.dispatch.actions.agents import OnBreak, choose_state
from collector.dispatch.actions.answering import Answer, is_own, judge_answer, writer_of
from collector.dispatch.actions.asking import AskedIn, ask_how_to_pay
from collector.dispatch.actions.asking_letters import AskedLetter, ask_letter
from collector.dispatch.actions.braking import never_left
from collector.dispatch.actions.calling import LEASE, ClaimedCall, ReadyCall, claim_call, clear_dial, submit_call
from collector.dispatch.actions.claiming import MessageClaims, ReadyMessage, claim_messages
from collector.dispatch.actions.moving import end, move, note_report, take_progress
from collector.dispatch.actions.papers import finish_paper

__all__ = [
    "LEASE",
    "Answer",
    "AskedIn",
    "AskedLetter",
    "ClaimedCall",
    "MessageClaims",
    "OnBreak",
    "ReadyCall",
    "ReadyMessage",
    "ask_how_to_pay",
    "ask_letter",
    "choose_state",
    "claim_call",
    "claim_messages",
    "clear_dial",
    "end",
    "finish_paper",
    "is_own",
    "judge_answer",
    "move",
    "never_left",
    "note_report",
    "submit_call",
    "take_progress",
    "writer_of",
]
