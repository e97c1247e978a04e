"""Every sentence that a page or template asks for exists in both languages, and nothing is translated in vain."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from collector.allocation.rules import LeftOut, Stays
from collector.casework.actions.letters import ReportKind
from collector.casework.views.account import Mark
from collector.casework.views.archive import ArchivePart
from collector.casework.views.readiness import State
from collector.casework.views.untouched import Why
from collector.compliance.rules import Answer, NumberKind, Retained, Since
from collector.dispatch.rules import AgentState, Criterion, InboundState, Progress, Reading, RecordingState
from collector.history.rules import (
    Ability,
    ArchiveLevel,
    ArchiveStep,
    CampaignState,
    Cause,
    Channel,
    Condition,
    HoldingReason,
    HoldReason,
    HoldScope,
    LetterState,
    LetterStep,
    MemberState,
    Outcome,
    PromiseState,
    ReferralKind,
    ReferralState,
    ReturnReason,
    Route,
    Standing,
    StopKind,
    Willingness,
)
from collector.identity.rules import ApprovalState, Level, Role
from collector.law.rules import ClockKind, ClockReason, ContractKind, Evidence, Happening
from collector.legal.matters.rules import Advancer, CostKind, DateEnd, DateKind, MatterOutcome, MatterStage
from collector.legal.retention.rules import Bar, Fate, PurgeState
from collector.planning.rules import SHORTFALL_REASON, Moment, Purpose, Quiet, RoundState, TaskState
from collector.portfolio.rules import (
    BorrowerType,
    CollectorType,
    ContactKind,
    ContactOwner,
    ContactStatus,
    DebitFailure,
    DebtType,
    DifferenceKind,
    EntryKind,
    LedgerState,
    LoadKind,
    PartyRole,
    PaymentKind,
    PaymentState,
    ReversalStep,
    Security,
    ValueTier,
)
from collector.portfolio.rules.ways import WaysState
from collector.strategy.rules import AssetClass, ChangeKind, Stage, Tier, TrialState, Trigger
from collector.terms.rules import TermsKind, TermsState
from collector.texts.rules import ROWS, VALUES, VARIABLES, LetterKind, Registration, Stand, Tone
from collector.texts.rules import Purpose as Purposes
from collector.web.pages.campaigns import SORT_WORDS
from collector.web.pages.desk import HEARD
from collector.web.pages.entry_steps import WRONG_CODE, WRONG_RESET
from collector.web.pages.me import EVENTS
from collector.web.pages.navigation import NAVIGATION
from collector.web.pages.recordings import ASKS
from collector.web.pages.shell import SAID
from collector.web.pages.who import TYPED_AS
from collector.web.words import CHINESE, Words, plain_form

WEB = Path(__file__).resolve().parents[2] / "collector" / "web"
KINDS = [
    Ability,
    Advancer,
    AgentState,
    ArchiveLevel,
    ArchivePart,
    ArchiveStep,
    Condition,
    Answer,
    ApprovalState,
    AssetClass,
    BorrowerType,
    CampaignState,
    Cause,
    ChangeKind,
    Channel,
    ClockKind,
    ClockReason,
    CollectorType,
    ContactKind,
    ContactOwner,
    ContactStatus,
    ContractKind,
    CostKind,
    Criterion,
    DateEnd,
    DateKind,
    DebitFailure,
    DebtType,
    DifferenceKind,
    EntryKind,
    Evidence,
    Fate,
    Happening,
    HoldReason,
    HoldScope,
    HoldingReason,
    LeftOut,
    InboundState,
    LedgerState,
    Level,
    LetterKind,
    LetterState,
    LetterStep,
    LoadKind,
    Mark,
    MatterOutcome,
    MatterStage,
    MemberState,
    Moment,
    NumberKind,
    Outcome,
    PartyRole,
    PaymentKind,
    PaymentState,
    Progress,
    PromiseState,
    Purpose,
    Purposes,
    Quiet,
    Reading,
    RecordingState,
    ReferralKind,
    ReferralState,
    ReportKind,
    ReturnReason,
    ReversalStep,
    Registration,
    Role,
    RoundState,
    Route,
    Security,
    Stage,
    Stand,
    Standing,
    State,
    Stays,
    StopKind,
    TaskState,
    TermsKind,
    TermsState,
    Tier,
    Tone,
    TrialState,
    Trigger,
    ValueTier,
    Why,
    WaysState,
    Willingness,
]


def asked_in_pages() -> set[str]:
    """Every literal that Python hands to `t(...)`, through variables of the same function too where it is a dict."""
    found = set()
    for file in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                literal = node.args[0] if node.args else None
                if name == "t" and isinstance(literal, ast.Constant):
                    found.add(str(literal.value))
    return found


def asked_in_templates() -> set[str]:
    found = set()
    for file in (WEB / "templates").glob("*.html"):
        found |= set(re.findall(r'\bt\("([^"]+)"', file.read_text()))
    return found


def asked_by_lights() -> set[str]:
    """The sentences of the readiness lights: the third argument, wherever one is made."""
    source = ast.parse((WEB.parent / "casework" / "views" / "readiness.py").read_text())
    return {
        str(node.args[2].value)
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Light"
        and isinstance(node.args[2], ast.Constant)
    }


def places() -> set[str]:
    return {place.words for group in NAVIGATION for place in group.places} | {g.words for g in NAVIGATION if g.words}


def asked_by_tables() -> set[str]:
    from_tables = places() | set(SAID.values()) | asked_by_lights()
    from_tables |= set(EVENTS.values()) | {WRONG_CODE, WRONG_RESET}
    from_tables |= set(SORT_WORDS.values())
    from_tables |= set(TYPED_AS.values()) | set(HEARD.values()) | set(ASKS.values())
    from_tables |= {variable.meaning for variable in VARIABLES.values()}
    return (
        from_tables | {"Name or password is not right.", "read", "accepted", "unchanged", "rejected", "held"} | TEACHING
    )


TEACHING = {
    "An account comes here when the 3:3:3 rule gave up every phone of the borrower.",
    "An account comes here by a trigger of the strategy: missed instalments, refusal, a clock.",
}


def test_every_sentence_is_known_in_chinese() -> None:
    asked = asked_in_pages() | asked_in_templates() | asked_by_tables()
    assert sorted(asked - set(CHINESE[""]) - set(CHINESE["word"])) == []


def test_no_sentence_is_translated_in_vain() -> None:
    asked = asked_in_pages() | asked_in_templates() | asked_by_tables()
    assert sorted(set(CHINESE[""]) - asked) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_word_of_the_business_is_known_in_chinese(kind: type) -> None:
    assert sorted(plain_form(str(one)) for one in kind if plain_form(str(one)) not in CHINESE["word"]) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        pytest.param("held", Bar, id="bars"),
        pytest.param("purge", PurgeState, id="purges"),
        pytest.param("since", Since, id="beginnings"),
        pytest.param("kept", Retained, id="kinds"),
    ],
)
def test_words_that_stand_behind_another_are_known_in_chinese(first: str, kind: type) -> None:
    told = [plain_form(f"{first} {one}") for one in kind]  # type: ignore[attr-defined]
    assert sorted(one for one in told if one not in CHINESE["word"]) == []


def test_what_a_letter_can_lack_is_known_in_chinese() -> None:
    told = {value.meaning for value in VALUES.values()} | {"the number of the ID", "the address"} | {*ROWS}
    assert sorted(told - set(CHINESE["word"])) == []


def test_why_the_plan_wants_or_lacks_a_contact_is_told_in_chinese() -> None:
    source = ast.parse((WEB.parent / "planning" / "rules" / "wants.py").read_text())
    wanted = [
        node.args[3]
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Want"
    ]
    assigned = [
        node.value
        for node in ast.walk(source)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "reason"
    ]
    spoken = [ast.unparse(one) for one in [*wanted, *assigned] if not isinstance(one, ast.Name)]
    said = {one.removeprefix("f").strip("'") for one in spoken} | set(SHORTFALL_REASON.values())
    assert len(said) > 8
    chinese = Words("zh")
    assert sorted(one for one in said if chinese.reason(one) == one) == []
    assert chinese.reason("step early/17") == "催收步骤 early/17"
    assert Words("en").reason("promise broken") == "promise broken"


def test_both_languages_fill_in_the_same_parts() -> None:
    def parts(sentence: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", sentence))

    told = [*CHINESE[""].items(), *CHINESE["reason"].items()]
    assert [english for english, chinese in told if parts(english) != parts(chinese)] == []


def test_nothing_is_translated_twice_or_left_empty() -> None:
    """The reader of catalogues keeps the last of two, and takes an empty one."""
    source = (WEB / "zh.po").read_text(encoding="utf-8")
    assert source.count("\nmsgid ") == 1 + sum(len(told) for told in CHINESE.values())
    assert [english for told in CHINESE.values() for english, chinese in told.items() if not chinese] == []


def test_parts_are_filled_in() -> None:
    assert Words("zh")("from {number}", number="+86") == "外显号码 +86"
    assert Words("en").word("no_answer") == "no answer"
