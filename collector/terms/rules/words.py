"""The words of terms, and how they move (handbook sections 3, 4 and 7)."""

from __future__ import annotations

from enum import StrEnum

from collector.foundation.errors import Conflict


class TermsKind(StrEnum):
    """What is proposed about an account."""

    waiver = "waiver"
    """减免: a part of what is due by a day; the schedule goes on."""
    settlement = "settlement"
    """减免结清: a sum for the whole debt."""
    extension = "extension"
    """展期: the last instalment falls due later."""
    restructuring = "restructuring"
    """重组: another schedule for what is not paid."""
    write_off = "write_off"
    """核销: out of the creditor's books, and collected as before."""
    recourse = "recourse"
    """Of what was advanced for the account, that much came back."""
    closing = "account_closing"
    """结清: nothing is owed, and everything about the account ends."""


REDUCTIONS = frozenset({TermsKind.waiver, TermsKind.settlement})
"""Terms that give something up for a sum by a day."""
SCHEDULES = frozenset({TermsKind.extension, TermsKind.restructuring})
"""Terms that change the schedule, once the borrower has signed."""


class TermsState(StrEnum):
    """Where terms stand. Before `offered` nobody tells the borrower of them."""

    proposed = "awaiting_approval"
    approved = "approved"
    offered = "offered"
    fulfilled = "fulfilled"
    lapsed = "lapsed"
    withdrawn = "withdrawn"
    rejected = "not_approved"


LIVE = frozenset({TermsState.proposed, TermsState.approved, TermsState.offered})
"""An account has one of these at a time."""
MOVES = {
    TermsState.proposed: frozenset({TermsState.approved, TermsState.rejected, TermsState.withdrawn}),
    TermsState.approved: frozenset({TermsState.offered, TermsState.fulfilled, TermsState.lapsed, TermsState.withdrawn}),
    TermsState.offered: frozenset({TermsState.fulfilled, TermsState.lapsed, TermsState.withdrawn}),
    TermsState.fulfilled: frozenset({TermsState.offered, TermsState.lapsed}),
    TermsState.lapsed: frozenset({TermsState.fulfilled}),
    TermsState.withdrawn: frozenset(),
    TermsState.rejected: frozenset(),
}
"""From `fulfilled` only back, when a payment that fulfilled them was taken back. What lapsed revives when the file of a
payment that was made in time comes late."""


def move_terms(before: TermsState, after: TermsState) -> TermsState:
    """The state after, or a `Conflict`: terms do not move that way."""
    if after not in MOVES[before]:
        state, next_ = before.replace("_", " "), after.replace("_", " ")
        raise Conflict(f"these terms are {state}; they can not become {next_}")
    return after
