"""Direct debits that failed: why, in words that can be counted, and how often in a row (handbook section 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from collector.portfolio.rules.words import PaymentKind, PaymentState


class DebitFailure(StrEnum):
    """Why a bank did not debit. `unknown`: its words say nothing that we know, or there are none."""

    insufficient_funds = "insufficient_funds"
    account_closed = "account_closed"
    mandate_revoked = "mandate_revoked"
    wrong_account = "wrong_account"
    limit = "limit"
    technical = "technical"
    unknown = "unknown"


SAID: Mapping[DebitFailure, tuple[str, ...]] = {
    DebitFailure.wrong_account: (
        r"no such account|account not found|invalid account|account (number|no).*(invalid|wrong)|unable to locate",
        r"wrong account|incorrect account|name.*(mismatch|not match)",
        r"账[号户](不存在|有?误|错误)|无此账[号户]|卡号(有误|错误|不存在)|无此卡|[户姓]名(不符|.*不一致)",
    ),
    DebitFailure.mandate_revoked: (
        r"mandate|no authori[sz]ation|authori[sz]ation.*(revoked|cancel|withdrawn|missing)|not authori[sz]ed",
        r"revoked|stop(ped)? payment|payment stopped",
        r"未签约|未授权|解约|取消授权|撤销授权|授权.*(取消|撤销|失效|到期)",
        r"协议(不存在|失效|已?解除|已?终止|无效)",
    ),
    DebitFailure.limit: (r"limit|exceeds? (the )?maximum|over maximum|限额|超限|超[过出].*额度|次数超",),
    DebitFailure.insufficient_funds: (
        r"insufficient|not sufficient|not enough|no funds|no money|lack of funds|\bnsf\b|uncollected funds",
        r"余额不足|资金不足|存款不足|头寸不足|余额为零",
    ),
    DebitFailure.account_closed: (
        r"clos(ed|ure)|frozen|blocked|dormant|inactive|deceased",
        r"销户|已销|冻结|挂失|睡眠户|不动户|注销|已作废|止付|[户卡]状态",
    ),
    DebitFailure.technical: (
        r"time[d ]*out|technical|system|network|connection|unavailable|maintenance|internal error|duplicate",
        r"超时|系统|通讯|通信|网络|维护|异常|重复",
    ),
}
"""What banks write, the more telling first: a closed mandate is no closed account."""
CODES: dict[str, DebitFailure] = {
    **dict.fromkeys(("R01", "R09", "AM04"), DebitFailure.insufficient_funds),
    **dict.fromkeys(("R02", "R14", "R15", "R16", "AC04", "AC06", "AC07"), DebitFailure.account_closed),
    **dict.fromkeys(("R05", "R07", "R08", "R10", "R29", "MD01", "MD06", "AG01", "SL01"), DebitFailure.mandate_revoked),
    **dict.fromkeys(("R03", "R04", "R20", "AC01", "AC13", "BE01"), DebitFailure.wrong_account),
    **dict.fromkeys(("AM02", "AM14", "AM21"), DebitFailure.limit),
    **dict.fromkeys(("AM05", "TM01", "DT01", "ED05", "R17"), DebitFailure.technical),
}
"""Return codes: Nacha (R..) and ISO 20022 external status reason codes (the others)."""
_SAID = tuple((why, re.compile("|".join(patterns))) for why, patterns in SAID.items())
_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,2}[0-9]{2})(?![A-Za-z0-9])")


def read_failure(words: str | None) -> DebitFailure:
    """What the bank's words mean. A return code says more than the words beside it."""
    text = (words or "").strip()
    for code in _CODE.findall(text.upper()):
        if code in CODES:
            return CODES[code]
    plain = text.casefold()
    return next((why for why, pattern in _SAID if pattern.search(plain)), DebitFailure.unknown)


class Moved(NamedTuple):
    """A line of an account's payments, as far as debits are concerned. `amount` in minor units."""

    at: datetime
    kind: PaymentKind
    state: PaymentState
    amount: int


class DebitStory(NamedTuple):
    """What a failed debit was part of."""

    in_a_row: int
    """Failed debits up to this one, without money in between."""
    paid_since: int
    """Minor units that came after it and stand."""
    failed_since: int
    """Debits that failed after it, until money came."""


def debit_story(failed_at: datetime, lines: Iterable[Moved]) -> DebitStory:
    """The story of the debit that failed then; `lines` are all of its account's, in any order."""
    row = paid = later = 0
    for line in sorted(lines, key=lambda one: one.at):
        if line.kind is PaymentKind.failed_debit:
            if line.at <= failed_at:
                row += 1
            elif not paid:
                later += 1
        elif line.kind is PaymentKind.payment and line.state is PaymentState.applied:
            if line.at <= failed_at:
                row = 0
            else:
                paid += line.amount
    return DebitStory(max(row, 1), paid, later)
