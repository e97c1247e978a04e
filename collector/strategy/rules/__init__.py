"""Pure decisions of a strategy: segment and cadence of an account, and the numbers a supervisor tunes."""

from __future__ import annotations

from collector.strategy.rules.allocation import AllocationPolicy, AllocationRule, Keeping, Recalling
from collector.strategy.rules.cadence import Cadence, Due, Step, done_offset
from collector.strategy.rules.changes import Change, ChangeKind, changes
from collector.strategy.rules.compare import Flow, diff
from collector.strategy.rules.decide import Failed, Tried
from collector.strategy.rules.fields import FIELDS, Field, FieldKind
from collector.strategy.rules.hand_off import Handoff, Legal, Skiptrace, Trigger
from collector.strategy.rules.parts import Segment, Stage, TrialState
from collector.strategy.rules.policies import (
    CampaignPolicy,
    Capacity,
    HoldPolicy,
    Priority,
    PromisePolicy,
    Reach,
    Retry,
    RetryMode,
    Tier,
)
from collector.strategy.rules.reminders import ReminderGroup, Reminders
from collector.strategy.rules.routes import ROUTE_FIELDS, Considered, Said, Sued, Way, consider
from collector.strategy.rules.rows import Condition, Row, Shadow, overlaps, unreachable
from collector.strategy.rules.scales import CURRENT, AssetClass, AssetClasses, Bucket, Scales
from collector.strategy.rules.sets import END, Domain, Numbers, Value, Words, common
from collector.strategy.rules.strategy import Strategy
from collector.strategy.rules.terms import Authority, TermsPolicy, is_enough

__all__ = [
    "CURRENT",
    "END",
    "FIELDS",
    "ROUTE_FIELDS",
    "AllocationPolicy",
    "AllocationRule",
    "AssetClass",
    "AssetClasses",
    "Authority",
    "Bucket",
    "Cadence",
    "CampaignPolicy",
    "Capacity",
    "Change",
    "ChangeKind",
    "Condition",
    "Considered",
    "Domain",
    "Due",
    "Failed",
    "Field",
    "FieldKind",
    "Flow",
    "Handoff",
    "HoldPolicy",
    "Keeping",
    "Legal",
    "Numbers",
    "Priority",
    "PromisePolicy",
    "Reach",
    "Recalling",
    "ReminderGroup",
    "Reminders",
    "Retry",
    "RetryMode",
    "Row",
    "Said",
    "Scales",
    "Segment",
    "Shadow",
    "Skiptrace",
    "Stage",
    "Step",
    "Strategy",
    "Sued",
    "TermsPolicy",
    "Tier",
    "TrialState",
    "Tried",
    "Trigger",
    "Value",
    "Way",
    "Words",
    "changes",
    "common",
    "consider",
    "diff",
    "done_offset",
    "is_enough",
    "overlaps",
    "unreachable",
]
