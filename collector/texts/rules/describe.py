"""What texts are for, how they speak, and the variables they may use.

A variable holds a finished string (an amount with its currency, a date as the reader writes it) or a yes/no; a template
never computes. What a purpose may use follows contact law: a third party and a number that may be someone else's learn
nothing of the debt (compliance.md CN-3P, US-LOC; handbook section 6, closing SMS).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_SOURCE_BYTES: Final = 4096
MAX_TEXT: Final = 1600

Value = str | bool


class Purpose(StrEnum):
    reminder = "reminder"
    overdue = "overdue"
    demand = "demand"
    closing = "closing"
    promise_reminder = "promise_reminder"
    broken_promise = "broken_promise"
    how_to_pay = "how_to_pay"
    auto_reply = "auto_reply"
    opt_out_confirmation = "opt_out_confirmation"
    location = "location"


class Tone(StrEnum):
    """How a text speaks (handbook section 5): `plain` is short words and small steps, `soft` asks before it urges."""

    informative = "informative"
    courteous = "courteous"
    soft = "soft"
    plain = "plain"
    firm = "firm"
    formal = "formal"


class Kind(StrEnum):
    text = "text"
    flag = "flag"


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing a template may name. `zh` and `en` are invented samples, for previews and for the check."""

    name: str
    meaning: str
    zh: Value
    en: Value

    @property
    def kind(self) -> Kind:
        return Kind.flag if isinstance(self.zh, bool) else Kind.text


_ALL = (
    Variable("signature", "who sends, in brackets, at the head of a Chinese message", "【安和银行】", "Anhe Bank"),
    Variable("sender_name", "who sends, as the reader knows it", "安和银行", "Anhe Bank"),
    Variable(
        "disclosure",
        "whom the sender acts for, where the law asks for it; empty when the creditor itself writes",
        "受和润消费金融委托，",
        "This is from a debt collector acting for Hillside Credit.",
    ),
    Variable("name", "how the reader is addressed", "王女士", "Ms Carter"),
    Variable("borrower_name", "the borrower, in a text to somebody else", "王小明", "Jordan Carter"),
    Variable("agent_name", "the person who asks to be called back", "李静", "Dana Reed"),
    Variable("product", "what the borrower calls the loan", "消费贷款", "personal loan"),
    Variable("account_tail", "last four characters of the account number", "6789", "6789"),
    Variable("amount", "the instalment that falls due, with its currency", "1,280.00元", "$412.50"),
    Variable("due_on", "the day it falls due", "5月13日", "May 13"),
    Variable("due_today", "it falls due today", True, True),
    Variable("due_tomorrow", "it falls due tomorrow", False, False),
    Variable("autopay", "the amount is debited by us, the borrower only keeps funds", True, True),
    Variable("overdue", "everything overdue now, with its currency", "2,560.00元", "$825.00"),
    Variable("days_past_due", "days since the oldest unpaid due date, as a number", "12", "12"),
    Variable("pays_off", "the amount that pays everything off; empty where unknown", "18,300.00元", "$6,120.00"),
    Variable("pays_off_until", "the last day on which `pays_off` holds", "5月20日", "May 20"),
    Variable("answer_by", "the day until which an answer is awaited", "5月25日", "May 25"),
    Variable("promise_amount", "what was promised, with its currency", "2,000.00元", "$600.00"),
    Variable("promise_due", "day and time until which it was promised", "5月18日18:00", "May 18, 6:00 PM"),
    Variable(
        "pay_instructions",
        "the portfolio's approved ways to pay, as one `phrase`, which the text closes",
        "可通过本行手机银行“贷款—还款”办理",
        "Pay in our app under Loans > Pay",
    ),
    Variable("call_back_number", "the creditor's approved number that is answered", "400-555-0199", "+1 415 555 0132"),
    Variable(
        "opt_out", "how to stop these messages; may be empty where no law asks", "拒收请回复R", "Reply STOP to opt out."
    ),
)
VARIABLES: Final[Mapping[str, Variable]] = {variable.name: variable for variable in _ALL}

# What stands in for a value that a book does not carry, and the shipped wording of the opt-out.
DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {"name": "客户", "product": "借款", "opt_out": "拒收请回复R"},
    "en": {"name": "customer", "product": "loan", "opt_out": "Reply STOP to opt out."},
}

_CONTACT = frozenset({"signature", "sender_name", "name", "agent_name", "call_back_number", "opt_out"})
_ALLOWED: Final[Mapping[Purpose, frozenset[str]]] = {
    Purpose.closing: _CONTACT,
    Purpose.opt_out_confirmation: _CONTACT - {"agent_name"},
    # The asker's employer is named only when the other person asks: 12 CFR 1006.10(b)(1).
    Purpose.location: _CONTACT - {"sender_name"} | {"borrower_name"},
}

# Purposes whose words, not only their variables, must be silent about any debt.
SPEAKING: Final = frozenset(Purpose) - _ALLOWED.keys()

_WORDS_OF_DEBT = re.compile(
    r"债|欠|贷|逾期|还款|借款|还钱|催|偿|账单|信用|违约|法院|起诉"
    r"|\b(?:debts?|loans?|overdue|past due|arrears|ow(?:e|es|ed|ing)|pay(?:s|ing|ments?)?|paid|balances?|"
    r"collect(?:s|ion|ions|or|ors|ing)?|credit(?:or|ors)?|borrow(?:er|ers|ed)?|delinquen\w*|default(?:ed)?|"
    r"legal|court|lawsuits?)\b",
    re.IGNORECASE,
)


def allowed_variables(purpose: Purpose) -> frozenset[str]:
    """The variables that a text of this purpose may name."""
    return _ALLOWED.get(purpose, frozenset(VARIABLES))


def needed_variables(language: str, purpose: Purpose) -> frozenset[str]:
    """The variables that such a text has to print whatever its conditions say.

    Chinese: the signature (CN-SMS). English: who writes, and how to opt out (US-OPTOUT, 12 CFR 1006.6(e)), which the
    one confirmation of an opt-out need not repeat (US-MEDIUM).
    """
    if language == "zh":
        return frozenset({"signature"})
    if language != "en":
        return frozenset()
    writer = "agent_name" if purpose is Purpose.location else "sender_name"
    return frozenset({writer} if purpose is Purpose.opt_out_confirmation else {writer, "opt_out"})


def words_of_debt(text: str) -> tuple[str, ...]:
    """The words in `text` that tell of a debt: none may stand in a text whose purpose is not in `SPEAKING`."""
    return tuple(match.group() for match in _WORDS_OF_DEBT.finditer(text))


def head_signature(signature: str) -> str:
    """A portfolio's signature as it stands at the head of a Chinese message: 【…】 around it, exactly once (CN-SMS)."""
    bare = signature.strip().strip("【】[]").strip()
    return f"【{bare}】" if bare else ""


def phrase(text: str) -> str:
    """A sentence from a portfolio's data without its full stop and line breaks: the template closes it."""
    return " ".join(text.split()).rstrip("。.；; ")


def disclosure(language: str, creditor: str, own_collection: bool) -> str:
    """The value of `disclosure`. `own_collection`: the creditor writes in its own name, and nothing need be said.

    China: the entrusting party is named (CN-ID, unverified). United States: a collector says that it is one
    (15 USC 1692e(11)).
    """
    if own_collection:
        return ""
    if language == "zh":
        return f"受{creditor}委托，"
    return f"This is from a debt collector acting for {creditor}."


def sender_values(
    language: str, sender_name: str, signature: str, creditor: str, own_collection: bool, pay_instructions: str
) -> dict[str, Value]:
    """What every text of a portfolio says in the same words, whomever it goes to, and what stands in for a value that
    its book does not carry."""
    ours = "zh" if language.startswith("zh") else "en"
    return {
        **DEFAULTS[ours],
        "signature": head_signature(signature or sender_name),
        "sender_name": sender_name,
        "agent_name": sender_name,
        "disclosure": disclosure(ours, creditor, own_collection),
        "pay_instructions": phrase(pay_instructions),
    }


def bare_language(language: str) -> str:
    """The language without its region: zh-CN → zh."""
    return re.split("[-_]", language)[0].lower()


def samples(language: str) -> dict[str, Value]:
    """An invented value for every variable; languages other than Chinese get the English ones."""
    return {name: variable.zh if language == "zh" else variable.en for name, variable in VARIABLES.items()}
