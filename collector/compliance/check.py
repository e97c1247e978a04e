"""The gate on its own: one JSON document in, one verdict out (design section 9).

What lies after the candidate's moment never opens the gate: later contacts count as placed, later refusals as made,
and later consents, agreements and answers are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from collector.compliance import document as doc
from collector.compliance.packs import load_pack
from collector.compliance.rules import Capabilities, Contact, Policy, Role, Verdict, compile_policy, judge
from collector.compliance.told import Ids, facts_of
from collector.foundation.clock import local
from collector.foundation.errors import BadInput, Problem
from collector.portfolio.rules import DebtType


def check_document(data: Any) -> dict[str, Any]:
    """The verdict on the candidate of that document, as JSON; a document that is not right is a `BadInput`."""
    if not isinstance(data, Mapping):
        raise BadInput(
            problems=(Problem("is no JSON object; `collector check --schema` shows one", column="document"),)
        )
    try:
        question = doc.Document.model_validate(data)
    except ValidationError as error:
        problems = tuple(Problem(part["msg"], column=_place(part["loc"])) for part in error.errors())
        raise BadInput(problems=problems) from error
    policy = _policy(question)
    ids = Ids(_units(question))
    contact = _contact(question, ids)
    verdict = judge(contact, facts_of(question, ids), policy, question.candidate.at)
    return _answer(verdict, policy.pack.zone or next(iter(question.person.timezones), "UTC"))


def check_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return doc.Document.model_json_schema()


def _place(parts: Iterable[int | str]) -> str:
    return ".".join(map(str, parts)) or "document"


def _units(question: doc.Document) -> dict[str, frozenset[str]]:
    """By student loan, the loans of the candidate that count as one with it: those under one account number at
    placement (12 CFR 1006.14(b)(4)). Where the number of one is not told, it may be the same."""
    loans = [debt for debt in question.debts if debt.type is DebtType.student]
    asked = [loan for loan in loans if loan.id in question.candidate.debts]
    return {
        loan.id: frozenset(
            other.id for other in asked if None in (loan.account, other.account) or loan.account == other.account
        )
        for loan in (loans if asked else ())
    }


def _policy(question: doc.Document) -> Policy:
    """A debt of unknown type is bound by every rule, and so is a contact about debts of several types."""
    known = {debt.id: debt.type for debt in question.debts}
    types = {known.get(name) for name in question.candidate.debts}
    debt_type = types.pop() if len(types) == 1 else None
    carrier = question.carrier
    able = None if carrier is None else _capabilities(carrier)
    return compile_policy(load_pack(question.pack), question.collector_type, debt_type, question.tightening, able)


def _capabilities(carrier: doc.Carrier) -> Capabilities:
    def limit(words: Iterable[str] | None) -> frozenset[str] | None:
        return None if words is None else frozenset(words)

    return Capabilities(
        carrier.name,
        frozenset(carrier.channels),
        content=limit(carrier.content),
        templates=limit(carrier.templates),
        languages=limit(carrier.languages),
        countries=limit(carrier.countries),
        two_way=carrier.two_way,
    )


def _contact(question: doc.Document, ids: Ids) -> Contact:
    candidate = question.candidate
    described = candidate.person == question.person.id
    return Contact(
        channel=candidate.kind,
        debts=ids.debts(candidate.debts),
        collector=ids.collector(candidate.collector),
        # Somebody of whom nothing is told may be a third person.
        role=question.person.role if described else Role.contact,
        number=candidate.to.phone,
        number_kind=candidate.to.number,
        purpose=candidate.purpose,
        to_whom=candidate.to.whom,
        text=candidate.text,
        person=None if described else ids.of("person", candidate.person),
        template=candidate.template,
    )


def _answer(verdict: Verdict, zone_name: str) -> dict[str, Any]:
    return {
        "verdict": verdict.answer.value,
        "rules": [
            {"id": rule.id, "verdict": rule.answer.value, "reason": rule.reason, "source": rule.source}
            for rule in verdict.rules
        ],
        "earliest": None if verdict.earliest is None else local(verdict.earliest, zone_name).isoformat(),
    }
