"""Writing down what happened: each takes the session first, writes one audit entry, and never commits.

Attempts, outcomes, dispositions and consents are only ever added. What can be recorded twice (a repeated webhook, a
file loaded again) carries a `natural_key` and is recorded once.
"""

from collector.history.actions.archive import add_original, add_original_step
from collector.history.actions.campaigns import (
    Contacted,
    close_members,
    held_campaign,
    make_campaign,
    move_campaign,
    note_contacted,
    note_not_contacted,
    pass_campaign,
    put_off_members,
    release_members,
    take_back_members,
)
from collector.history.actions.clocks import ClockNote, note_clock, standing_event
from collector.history.actions.contacts import (
    AttemptMade,
    agree_callback,
    finish_callback,
    newest_outcome,
    record_attempt,
    record_attempts,
    record_delivery,
    record_disposition,
    record_outcome,
    said_in_call,
)
from collector.history.actions.holding import Given, give, keep_account
from collector.history.actions.holds import chain, extend_hold, lift_hold
from collector.history.actions.letters import add_letter, stands, steps_of, strike_step, take_step
from collector.history.actions.levels import lower_level
from collector.history.actions.looking import note_look
from collector.history.actions.offers import end_offer, keep_offer, open_offer
from collector.history.actions.promises import (
    make_promise,
    remind_promise,
    settle_promises,
    withdraw_promise,
)
from collector.history.actions.proofs import answer_says_paid, says_paid
from collector.history.actions.referrals import (
    choose_route,
    file_together,
    move_referral,
    name_negotiator,
    open_referral,
)
from collector.history.actions.rounds import closing_refused, end_round
from collector.history.actions.stops import (
    answer_dispute,
    complain,
    hold,
    lift_stop,
    open_dispute,
    standing,
    stop,
    withdraw_standing,
)
from collector.history.actions.verification import note_verification

__all__ = [
    "AttemptMade",
    "ClockNote",
    "Contacted",
    "Given",
    "add_letter",
    "add_original",
    "add_original_step",
    "agree_callback",
    "answer_dispute",
    "answer_says_paid",
    "chain",
    "choose_route",
    "close_members",
    "closing_refused",
    "complain",
    "end_offer",
    "end_round",
    "extend_hold",
    "file_together",
    "finish_callback",
    "give",
    "held_campaign",
    "hold",
    "keep_account",
    "keep_offer",
    "lift_hold",
    "lift_stop",
    "lower_level",
    "make_campaign",
    "make_promise",
    "move_campaign",
    "move_referral",
    "name_negotiator",
    "newest_outcome",
    "note_clock",
    "note_contacted",
    "note_look",
    "note_not_contacted",
    "note_verification",
    "open_dispute",
    "open_offer",
    "open_referral",
    "pass_campaign",
    "put_off_members",
    "record_attempt",
    "record_attempts",
    "record_delivery",
    "record_disposition",
    "record_outcome",
    "release_members",
    "remind_promise",
    "said_in_call",
    "says_paid",
    "settle_promises",
    "standing",
    "standing_event",
    "stands",
    "steps_of",
    "stop",
    "strike_step",
    "take_back_members",
    "take_step",
    "withdraw_promise",
    "withdraw_standing",
]
