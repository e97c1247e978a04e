"""What happened: contacts, and what stands since."""

from collector.history.tables.archive import Original, OriginalStep
from collector.history.tables.campaigns import Campaign, CampaignMember
from collector.history.tables.clocks import ClockEvent
from collector.history.tables.contacts import (
    Attempt,
    CallbackRow,
    ClosingRefused,
    Delivery,
    Disposition,
    Look,
    OutcomeRow,
    Promise,
    RoundEnded,
    SaidInCall,
    Verification,
)
from collector.history.tables.documents import Document
from collector.history.tables.holding import HoldingRow, KeepRow
from collector.history.tables.letters import LetterBatch, LetterCorrection, LetterEvent, LetterRow
from collector.history.tables.referrals import Filing, Referral, ReferralStep
from collector.history.tables.standing import (
    Complaint,
    Dispute,
    Hold,
    LevelLowered,
    Offer,
    StandingRow,
    Stop,
)

__all__ = [
    "Attempt",
    "CallbackRow",
    "Campaign",
    "CampaignMember",
    "ClockEvent",
    "ClosingRefused",
    "Complaint",
    "Delivery",
    "Disposition",
    "Dispute",
    "Document",
    "Filing",
    "Hold",
    "HoldingRow",
    "KeepRow",
    "LetterBatch",
    "LetterCorrection",
    "LetterEvent",
    "LetterRow",
    "LevelLowered",
    "Look",
    "Offer",
    "Original",
    "OriginalStep",
    "OutcomeRow",
    "Promise",
    "Referral",
    "ReferralStep",
    "RoundEnded",
    "SaidInCall",
    "StandingRow",
    "Stop",
    "Verification",
]
