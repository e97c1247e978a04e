"""What belongs into a case file, and what is missing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.dispatch.rules import Progress
from collector.foundation.files import read_yaml
from collector.history.rules import Channel, Direction, DocumentKind, HoldReason, Outcome, PromiseState
from collector.law.rules import ClaimPart, DayCount, Evidence
from collector.legal.casefile.rules import (
    NEEDED,
    OF_KIND,
    SUPPLIERS,
    Have,
    Lack,
    Missing,
    Obligor,
    Section,
    Supplier,
    is_internal,
    masked_name,
    missing,
)
from collector.legal.casefile.words import FILE
from collector.portfolio.rules import (
    CollectorType,
    GuaranteeKind,
    PartyRole,
    PaymentKind,
    PaymentState,
    Security,
)
from collector.portfolio.rules.balance import Accruing, Bridge, Gap

WHOLE = Have(
    security=Security.credit,
    collector_type=CollectorType.creditor,
    papers=frozenset(NEEDED),
    obligors=(Obligor(1, PartyRole.borrower, True, True),),
    identified=frozenset({1}),
)
GUARANTOR = Obligor(2, PartyRole.guarantor, True, True)


def test_a_complete_file_lacks_nothing() -> None:
    assert missing(WHOLE) == ()


@pytest.mark.parametrize("kind", list(NEEDED))
def test_each_paper_that_every_case_needs_is_named(kind: DocumentKind) -> None:
    assert missing(replace(WHOLE, papers=WHOLE.papers - {kind})) == (Missing(NEEDED[kind]),)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"collector_type": CollectorType.debt_buyer}, [Missing(Lack.assignment)], id="bought"),
        pytest.param({"security": Security.guaranteed}, [Missing(Lack.guarantee)], id="guaranteed"),
        pytest.param({"security": Security.mortgaged}, [Missing(Lack.collateral)], id="mortgaged"),
        pytest.param({"security": Security.pledged}, [Missing(Lack.collateral)], id="pledged"),
        pytest.param({"identified": frozenset()}, [Missing(Lack.identity, 1)], id="no ID copy"),
        pytest.param(
            {"obligors": (Obligor(1, PartyRole.borrower, False, False),)},
            [Missing(Lack.id_number, 1), Missing(Lack.address, 1)],
            id="neither number nor address",
        ),
        pytest.param(
            {"obligors": (*WHOLE.obligors, GUARANTOR)},
            [Missing(Lack.guarantee), Missing(Lack.identity, 2)],
            id="a guarantor of an unsecured loan",
        ),
        pytest.param({"letters": 2, "receipts": 1}, [Missing(Lack.letter_receipt)], id="a letter without receipt"),
        pytest.param({"letters": 1, "receipts": 1}, [], id="a letter with its receipt"),
        pytest.param({"originals_out": 1}, [Missing(Lack.originals)], id="an original that is out"),
        pytest.param({"gaps": (Gap.no_schedule,)}, [Missing(Lack.schedule)], id="no schedule"),
        pytest.param({"gaps": (Gap.unsplit,)}, [Missing(Lack.parts)], id="no parts"),
        pytest.param({"gaps": (Gap.no_penalty_rate,)}, [Missing(Lack.penalty_rate)], id="no penalty rate"),
        pytest.param({"has_opening": False}, [Missing(Lack.opened_on)], id="no day of disbursement"),
        pytest.param({"held_payments": 1}, [Missing(Lack.held_payments)], id="payments that wait"),
        pytest.param({"payments_current": False}, [Missing(Lack.payments_late)], id="payments not loaded"),
        pytest.param({"unsealed": 3}, [Missing(Lack.sealing)], id="unsealed"),
        pytest.param({"lacking": 1}, [Missing(Lack.characters)], id="characters"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, object], expected: list[Missing]) -> None:
    assert list(missing(replace(WHOLE, **change))) == expected  # type: ignore[arg-type]


def test_everything_has_somebody_who_can_supply_it() -> None:
    assert set(SUPPLIERS) == set(Lack)
    assert set(SUPPLIERS.values()) == set(Supplier)


def test_every_kind_of_paper_is_bound_somewhere() -> None:
    assert set(OF_KIND) == set(DocumentKind)


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        pytest.param({"account": 1, "kind": "contract"}, False, id="plain"),
        pytest.param({"stage": "terminal"}, True, id="a stage"),
        pytest.param({"rows": [{"playbook": "worker"}]}, True, id="deep inside"),
        pytest.param({"step": "firm/3"}, True, id="a step of a cadence"),
    ],
)
def test_words_of_the_house_are_known(detail: object, expected: bool) -> None:
    assert is_internal(detail) is expected


@pytest.mark.parametrize(("name", "shown"), [("王小二", "王**"), ("  Ann Lee", "A**"), ("", "")])
def test_a_third_party_is_masked(name: str, shown: str) -> None:
    assert masked_name(name) == shown


KINDS = {
    "section": Section,
    "lack": Lack,
    "supplier": Supplier,
    "security": Security,
    "party": PartyRole,
    "guarantee_kind": GuaranteeKind,
    "document": DocumentKind,
    "payment": PaymentKind,
    "payment_state": PaymentState,
    "part_name": ClaimPart,
    "accruing": Accruing,
    "gap": Gap,
    "day_count": DayCount,
    "evidence_kind": Evidence,
    "channel": Channel,
    "direction": Direction,
    "outcome": Outcome,
    "progress": Progress,
    "promise": PromiseState,
    "hold": HoldReason,
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_value_that_is_printed_has_its_word(kind: str) -> None:
    words = read_yaml(FILE)[kind]
    assert set(words) == {one.value for one in KINDS[kind]}
    assert all(set(word) == {"en", "zh"} and all(word.values()) for word in words.values())


def test_every_line_of_the_bridge_has_its_word() -> None:
    assert all(f"bridge_{name}" in read_yaml(FILE) for name in Bridge._fields)
