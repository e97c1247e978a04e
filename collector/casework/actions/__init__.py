"""Business events, from record to consequence: the only way in for doors, sweeps, webhooks and the lab (design 2)."""

from collector.casework.actions.absences import end_absence, note_absence
from collector.casework.actions.agents import choose_state
from collector.casework.actions.allocating import (
    Allocated,
    BookChanged,
    allocate,
    allocate_automatically,
    allocate_books,
    reassign,
    recall,
)
from collector.casework.actions.asking import send_how_to_pay, send_how_to_pay_inbound
from collector.casework.actions.campaigns import (
    CampaignNeedsSecond,
    ChoiceChanged,
    ask_campaign,
    make_campaign,
    pause_campaign,
    run_campaigns,
    start_campaign,
    stop_campaign,
)
from collector.casework.actions.clocks import note_clock
from collector.casework.actions.contacts import found, next_call, record_outcome, release
from collector.casework.actions.conversations import choose_caller, conversation_about, inbound_outcome, said_in_call
from collector.casework.actions.dialling import call_status, dial_result, dial_script, dial_status, start_call
from collector.casework.actions.documents import document_file, file_document, note_given
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.holding import NeedsSecondPerson, extend_hold, hold_body
from collector.casework.actions.inbound import handle_inbound, inbound_sms
from collector.casework.actions.inbound_calls import inbound_call, inbound_call_ended, inbound_desk, settle_inbound
from collector.casework.actions.keeping import ask_keep, keep, keep_as_asked
from collector.casework.actions.ledger import compare_again, compare_statement, explain_difference
from collector.casework.actions.letters import (
    give_letters,
    letter_arrived,
    letter_left,
    letter_posted,
    letter_returned,
    letter_signed,
    letter_struck,
    make_letter,
    print_letter,
    print_open,
    take_reports,
)
from collector.casework.actions.levels import lower_level
from collector.casework.actions.loading import load, uploads
from collector.casework.actions.looking import ReasonNeeded, open_file
from collector.casework.actions.night import plan, plan_new_days
from collector.casework.actions.papers import PAPERS, PaperDone, paper_done
from collector.casework.actions.payments import match_payment
from collector.casework.actions.promises import (
    NeedsApproval,
    agree_callback,
    answer_says_paid,
    make_promise,
    promise_body,
    record_disposition,
    says_paid,
    withdraw_promise,
)
from collector.casework.actions.rates import note_rate_change, set_portfolio
from collector.casework.actions.receipts import message_status
from collector.casework.actions.reconciling import reconcile
from collector.casework.actions.recordings import (
    announcement,
    fetch_recordings,
    file_of,
    note_played,
    recording_made,
    remove_recordings,
    score_call,
)
from collector.casework.actions.reversals import lone_reversal, note_reversal, take_back
from collector.casework.actions.sending import SendResult, send_all
from collector.casework.actions.stops import (
    answer_dispute,
    complain,
    dispute,
    hold,
    lift_hold,
    lift_stop,
    move_referral,
    note_standing,
    pause,
    stop,
    withdraw_standing,
)
from collector.casework.actions.sweeping import SweepResult, sweep
from collector.casework.actions.terms import (
    approve_terms,
    book_advances,
    close_account,
    drop_terms,
    offer_terms,
    propose_terms,
    sign_terms,
    withdraw_terms,
)
from collector.casework.actions.verifying import verify, verify_caller
from collector.casework.actions.ways import cancel_ways, ways_take_effect

__all__ = [
    "PAPERS",
    "Allocated",
    "BookChanged",
    "CampaignNeedsSecond",
    "ChoiceChanged",
    "NeedsApproval",
    "NeedsSecondPerson",
    "PaperDone",
    "ReasonNeeded",
    "SendResult",
    "SweepResult",
    "agree_callback",
    "allocate",
    "allocate_automatically",
    "allocate_books",
    "announcement",
    "answer_dispute",
    "answer_says_paid",
    "approve_terms",
    "ask_campaign",
    "ask_keep",
    "book_advances",
    "call_status",
    "cancel_ways",
    "choose_caller",
    "choose_state",
    "close_account",
    "compare_again",
    "compare_statement",
    "complain",
    "conversation_about",
    "dial_result",
    "dial_script",
    "dial_status",
    "dispute",
    "document_file",
    "drop_terms",
    "end_absence",
    "explain_difference",
    "extend_hold",
    "fetch_recordings",
    "file_document",
    "file_of",
    "follow_up",
    "found",
    "give_letters",
    "handle_inbound",
    "hold",
    "hold_body",
    "inbound_call",
    "inbound_call_ended",
    "inbound_desk",
    "inbound_outcome",
    "inbound_sms",
    "keep",
    "keep_as_asked",
    "letter_arrived",
    "letter_left",
    "letter_posted",
    "letter_returned",
    "letter_signed",
    "letter_struck",
    "lift_hold",
    "lift_stop",
    "load",
    "lone_reversal",
    "lower_level",
    "make_campaign",
    "make_letter",
    "make_promise",
    "match_payment",
    "message_status",
    "move_referral",
    "next_call",
    "note_absence",
    "note_clock",
    "note_given",
    "note_played",
    "note_rate_change",
    "note_reversal",
    "note_standing",
    "offer_terms",
    "open_file",
    "paper_done",
    "pause",
    "pause_campaign",
    "plan",
    "plan_new_days",
    "print_letter",
    "print_open",
    "promise_body",
    "propose_terms",
    "reassign",
    "recall",
    "reconcile",
    "record_disposition",
    "record_outcome",
    "recording_made",
    "release",
    "remove_recordings",
    "run_campaigns",
    "said_in_call",
    "says_paid",
    "score_call",
    "send_all",
    "send_how_to_pay",
    "send_how_to_pay_inbound",
    "set_portfolio",
    "settle_inbound",
    "sign_terms",
    "start_call",
    "start_campaign",
    "stop",
    "stop_campaign",
    "sweep",
    "take_back",
    "take_reports",
    "uploads",
    "verify",
    "verify_caller",
    "ways_take_effect",
    "withdraw_promise",
    "withdraw_standing",
    "withdraw_terms",
]
