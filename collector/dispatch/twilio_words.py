"""Twilio's words and codes, and what it carries: known without its SDK, which only who connects to it waits for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from collector.compliance.rules import Capabilities
from collector.dispatch.rules import Progress
from collector.history.rules import Outcome

RECORDING_SID = re.compile(r"RE[0-9a-f]{32}", re.ASCII)

MESSAGE_PROGRESS: Mapping[str, Progress] = {
    "accepted": Progress.accepted,
    "scheduled": Progress.accepted,
    "queued": Progress.accepted,
    "sending": Progress.in_progress,
    "sent": Progress.in_progress,
    "delivered": Progress.delivered,
    "read": Progress.delivered,
    "partially_delivered": Progress.delivered,
    "undelivered": Progress.undelivered,
    "failed": Progress.refused,
    "canceled": Progress.refused,
}

CALL_PROGRESS: Mapping[str, Progress] = {
    "queued": Progress.accepted,
    "initiated": Progress.accepted,
    "ringing": Progress.in_progress,
    "in-progress": Progress.in_progress,
    "answered": Progress.in_progress,
    "completed": Progress.completed,
    "busy": Progress.undelivered,
    "no-answer": Progress.undelivered,
    "failed": Progress.undelivered,
    "canceled": Progress.undelivered,
}

DIAL_OUTCOME: Mapping[str, Outcome] = {
    "busy": Outcome.busy,
    "no-answer": Outcome.no_answer,
    "failed": Outcome.failed,
    "canceled": Outcome.failed,
}
"""What the dialled leg alone proves. `completed` needs a person's word; switched off, suspended and vacant are never
inferred from `failed` (design section 5)."""

CLOSED_STATUS = frozenset({401, 429})
CLOSED_CODES = frozenset({20003, 20005, 20429, 30001, 30002})
"""A no to everything, not to this number: unknown key, account not active, too many requests, queue overflow, account
suspended. What met it is put back."""
LANDLINE_CODES = frozenset({21614, 21635, 30006})
OPTED_OUT_CODES = frozenset({21610})

_REMINDERS = frozenset({"reminder", "notice"})
_OWN_DEBTS = frozenset({"reminder", "notice", "collection", "location"})

CAPABILITIES: Mapping[str, Capabilities] = {
    "cn": Capabilities("twilio", content=_REMINDERS, two_way=False),
    "us": Capabilities("twilio", content=_OWN_DEBTS),
}
"""By jurisdiction: its China route takes no two-way messages and restricts loan content; in the US it does not carry
third-party collection texts (30863, 30943). Elsewhere no limit is known."""

SANDBOX = Capabilities("sandbox")
"""A carrier on this machine stands for a domestic gateway: it carries everything."""
