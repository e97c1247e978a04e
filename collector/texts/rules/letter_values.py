"""The values that letters may print: each with its meaning and where a missing one comes from.

A value is a finished string, as in text messages. One that the book holds is never typed; one that only a person
knows (the court, what was agreed) is entered with the letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from collector.texts.rules.describe import Kind, Value

TERMS: Final = "terms"
"""The source of what an agreement says: terms that a second person approved, not a file."""


class Entry(StrEnum):
    """How a value that a person enters is read."""

    line = "line"
    text = "text"
    amount = "amount"
    day = "day"
    code = "code"


MOST_CHARACTERS: Final[Mapping[Entry, int]] = {
    Entry.line: 120,
    Entry.text: 2_000,
    Entry.amount: 20,
    Entry.day: 10,
    Entry.code: 24,
}


@dataclass(frozen=True, slots=True)
class LetterValue:
    """One thing a letter may print. `source`: the file and column that bring it; None: it is always known, or entered.
    `entry`: it is entered with the letter. `optional`: it may be empty. `zh`, `en`: invented samples."""

    name: str
    meaning: str
    zh: Value
    en: Value
    source: tuple[str, str] | None = None
    entry: Entry | None = None
    optional: bool = False

    @property
    def kind(self) -> Kind:
        return Kind.flag if isinstance(self.zh, bool) else Kind.text


_BOOK = (
    LetterValue(
        "creditor", "the creditor", "安和银行股份有限公司", "Hillside Credit Union", ("portfolios", "creditor")
    ),
    LetterValue("sender_name", "who sends", "安和银行", "Hillside Credit", ("portfolios", "sender_name")),
    LetterValue(
        "disclosure",
        "whom the sender acts for",
        "受安和银行股份有限公司委托，",
        "This is from a debt collector acting for Hillside Credit Union.",
        optional=True,
    ),
    LetterValue(
        "pay_instructions",
        "how to pay",
        "可通过本行手机银行“贷款—还款”办理",
        "Pay in our app under Loans > Pay",
        ("portfolios", "pay_instructions"),
    ),
    LetterValue("call_back_number", "a number to call", "400-555-0199", "+1 415 555 0132", optional=True),
    LetterValue("today", "the day of the letter", "2026年5月18日", "May 18, 2026"),
    LetterValue("answer_by", "the day until which an answer is awaited", "2026年5月25日", "May 25, 2026"),
    LetterValue("person_name", "the name of the person addressed", "王小明", "Jordan Carter", ("parties", "name")),
    LetterValue(
        "person_address",
        "the address of the person addressed",
        "杭州市西湖区文三路九号",
        "12 Elm Street, Springfield, IL",
        ("accounts", "home_address"),
    ),
    LetterValue("has_schedule", "whether the late instalments are known", True, True),
    LetterValue("to_guarantor", "whether it goes to a guarantor", True, True),
    LetterValue("to_co_borrower", "whether it goes to a co-borrower", False, False),
    LetterValue("borrower_name", "the name of the borrower", "王小明", "Jordan Carter", ("accounts", "borrower_name")),
    LetterValue("account_no", "the account number", "HT20240518", "L-20240518"),
    LetterValue("product", "the product", "个人消费贷款", "personal loan", optional=True),
    LetterValue("contract_date", "the contract date", "2024年5月18日", "May 18, 2024", ("accounts", "opened_on")),
    LetterValue("principal", "the amount lent", "人民币50,000.00元", "USD 5,000.00", ("accounts", "principal")),
    LetterValue("annual_rate", "the annual rate", "14.07%", "14.07%", ("accounts", "annual_rate")),
    LetterValue("penalty_rate", "the penalty rate", "21.105%", "18%", ("accounts", "penalty_rate"), optional=True),
    LetterValue("matures_on", "the day the debt matures", "2027年5月18日", "May 18, 2027", ("accounts", "matures_on")),
    LetterValue(
        "overdue",
        "the amount overdue",
        "人民币2,560.00元（大写：人民币贰仟伍佰陆拾元整）",
        "USD 825.00",
        ("instalments", "amount_due"),
    ),
    LetterValue(
        "owed",
        "the whole amount owed",
        "人民币18,300.00元（大写：人民币壹万捌仟叁佰元整）",
        "USD 6,120.00",
        ("instalments", "amount_due"),
    ),
    LetterValue(
        "claimed",
        "what can be asked for on this day",
        "人民币2,560.00元（大写：人民币贰仟伍佰陆拾元整）",
        "USD 825.00",
        ("instalments", "amount_due"),
    ),
    LetterValue("amounts_on", "the day of the amounts", "2026年5月18日", "May 18, 2026"),
    LetterValue("days_past_due", "how many days it is late", "48", "48"),
    LetterValue(
        "oldest_due",
        "the oldest unpaid due date",
        "2026年3月31日",
        "March 31, 2026",
        ("instalments", "due_on"),
    ),
    LetterValue("last_paid_on", "the day of the last payment", "2026年2月26日", "February 26, 2026", optional=True),
    LetterValue("is_joint", "whether the guarantee is joint", True, True),
    LetterValue(
        "guarantee_until",
        "the end of the guarantee period",
        "2027年11月18日",
        "November 18, 2027",
        ("parties", "guarantee_until"),
        optional=True,
    ),
)
_AGREED = (
    LetterValue("settlement_amount", "the amount agreed", "人民币15,000.00元", "USD 5,000.00", (TERMS, "total")),
    LetterValue("settlement_by", "the day agreed for payment", "2026年6月30日", "June 30, 2026", (TERMS, "due_on")),
    LetterValue("new_matures_on", "the new day the debt matures", "2028年5月18日", "May 18, 2028", (TERMS, "until")),
)
"""Drawn from terms that were approved."""
_ITEMIZED = (
    LetterValue("itemized_on", "the itemization date, as printed", "2026年3月31日", "March 31, 2026", optional=True),
    LetterValue(
        "itemized_by", "what the itemization date is", "最后还款日", "the date of the last payment", optional=True
    ),
    LetterValue("dispute_until", "the last day to dispute the debt", "2026年7月1日", "July 1, 2026", optional=True),
    LetterValue("account_tail", "the end of the account number", "…0518", "…0518", optional=True),
    LetterValue("law_link", "where the law is explained", "www.example.gov", "www.example.gov", optional=True),
)
"""Reckoned for a validation notice."""
_ENTERED = (
    LetterValue(
        "creditor_code", "the creditor's registration number", "91330100MA2XXXXX0K", "RN-4471", entry=Entry.code
    ),
    LetterValue(
        "creditor_address",
        "the creditor's address",
        "杭州市上城区解放路一号",
        "1 Main Street, Springfield",
        entry=Entry.line,
    ),
    LetterValue(
        "creditor_representative",
        "who represents the creditor",
        "陈立，董事长",
        "Morgan Lee, president",
        entry=Entry.line,
    ),
    LetterValue(
        "creditor_contact",
        "where the creditor can be reached",
        "法务部，电话 0571-85550199",
        "Legal department, +1 217 555 0140",
        entry=Entry.line,
        optional=True,
    ),
    LetterValue(
        "sender_address",
        "the sender's address",
        "杭州市上城区解放路二号",
        "2 Main Street, Springfield, IL 62701",
        entry=Entry.line,
    ),
    LetterValue("itemization_on", "the itemization date", "2026年3月31日", "March 31, 2026", entry=Entry.day),
    LetterValue(
        "itemization_basis", "which date the itemization date is", "last_payment", "last_payment", entry=Entry.line
    ),
    LetterValue(
        "creditor_then",
        "the creditor on the itemization date",
        "安和银行股份有限公司",
        "Hillside Credit Union",
        entry=Entry.line,
        optional=True,
    ),
    LetterValue("court", "the court", "杭州市西湖区人民法院", "Circuit Court of Hill County", entry=Entry.line),
    LetterValue("counsel", "counsel", "周律", "Avery Stone", entry=Entry.line),
    LetterValue("counsel_firm", "counsel's firm", "浙江衡平律师事务所", "Stone & Partners", entry=Entry.line),
    LetterValue(
        "powers",
        "the powers given",
        "代为立案、应诉、和解、申请执行",
        "to file, appear, settle and enforce",
        entry=Entry.text,
    ),
    LetterValue(
        "extension_reason",
        "why it is extended",
        "借款人因病住院，收入减少",
        "illness and lower income",
        entry=Entry.text,
    ),
    LetterValue("heir_name", "the name of the heir", "王大海", "Robin Carter", entry=Entry.line),
    LetterValue("deceased_on", "the day of death", "2026年1月9日", "January 9, 2026", entry=Entry.day),
    LetterValue(
        "estate",
        "what was inherited",
        "杭州市西湖区住房一套的二分之一份额",
        "half of a house in Springfield",
        entry=Entry.text,
    ),
    LetterValue("assumed_amount", "the amount taken over", "人民币18,300.00元", "USD 6,120.00", entry=Entry.amount),
    LetterValue(
        "assets", "the assets to preserve", "被申请人名下银行存款", "deposits held by the respondent", entry=Entry.text
    ),
    LetterValue(
        "counter_security",
        "the security offered",
        "保险公司出具的诉讼财产保全责任保险保函",
        "a surety bond",
        entry=Entry.text,
    ),
    LetterValue(
        "police", "the police authority", "杭州市公安局西湖区分局", "Springfield Police Department", entry=Entry.line
    ),
    LetterValue(
        "fraud_facts",
        "the facts that point to fraud",
        "申请材料中的收入证明系伪造",
        "the proof of income was forged",
        entry=Entry.text,
    ),
)
VALUES: Final[Mapping[str, LetterValue]] = {value.name: value for value in (*_BOOK, *_AGREED, *_ITEMIZED, *_ENTERED)}

ROWS: Final[Mapping[str, frozenset[str]]] = {
    "instalments": frozenset({"number", "due_on", "amount", "penalty", "paid", "unpaid"}),
    "parts": frozenset({"part", "overdue", "owed"}),
    "bridge": frozenset({"line", "amount"}),
    "obligors": frozenset({"role", "name", "id_no", "address", "phone"}),
    "agreed": frozenset({"part", "owed", "waived", "left"}),
    "itemization": frozenset({"line", "amount"}),
    "schedule": frozenset({"number", "due_on", "amount", "principal", "interest", "fee"}),
}
"""Tables that a letter may print, and their columns: the instalments that are late; what is owed by its parts; the way
from the ledger to that, where they differ; who owes; of approved terms what is given up, and the new schedule;
what came since the itemization date."""


def letter_samples(language: str) -> dict[str, Value]:
    """An invented value for every one there is."""
    return {name: value.zh if language == "zh" else value.en for name, value in VALUES.items()}


def sample_rows(language: str) -> dict[str, list[dict[str, str]]]:
    """Invented rows of every table."""
    zh = language == "zh"
    late = ("1", "2026年3月31日" if zh else "March 31, 2026", "1,280.00", "12.50", "0.00", "1,292.50")
    who = ("借款人", "王小明", "110105194912310020", "杭州市西湖区文三路九号", "13800000001")
    them = ("borrower", "Jordan Carter", "000-00-0000", "12 Elm Street, Springfield, IL", "+1 415 555 0133")
    samples = {
        "instalments": (("number", "due_on", "amount", "penalty", "paid", "unpaid"), late),
        "parts": (("part", "overdue", "owed"), ("本金" if zh else "Principal", "1,280.00", "18,300.00")),
        "bridge": (("line", "amount"), ("加：罚息" if zh else "Plus: penalty interest", "12.50")),
        "agreed": (
            ("part", "owed", "waived", "left"),
            ("罚息" if zh else "Penalty interest", "12.50", "12.50", "0.00"),
        ),
        "itemization": (("line", "amount"), ("利息" if zh else "Interest charged since", "12.50")),
        "schedule": (
            ("number", "due_on", "amount", "principal", "interest", "fee"),
            ("13", "2028年5月18日" if zh else "May 18, 2028", "1,280.00", "1,200.00", "80.00", "0.00"),
        ),
        "obligors": (("role", "name", "id_no", "address", "phone"), who if zh else them),
    }
    return {table: [dict(zip(names, row, strict=True))] for table, (names, row) in samples.items()}
