"""Where a load writes its validated rows before one transaction merges them: nobody else reads these tables.

`run` tells the rows of one load from those of another; `slot` names what is loaded ("accounts:7"), so that a load
finds what a crashed one of the same slot left behind; `position` numbers the rows of a run. Nothing points here,
and nothing here points anywhere. What a crash of the server takes from them is loaded again: PostgreSQL keeps no log
of them.
"""

from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, String, Table
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from collector.foundation.database import BigInt

ColumnType = TypeEngine[Any] | type[TypeEngine[Any]]

PERSON = ("id_index", "id_type", "id_sealed", "natural_key", "salt", "name", "employer")


def _stage(name: str, /, **columns: ColumnType) -> Table:
    return Table(
        name,
        SQLModel.metadata,
        Column("run", BigInt, nullable=False),
        Column("slot", String, nullable=False),
        Column("position", Integer, nullable=False),
        *(Column(column, kind) for column, kind in columns.items()),
        prefixes=["UNLOGGED"],
    )


def _texts(*names: str) -> dict[str, type[TypeEngine[Any]]]:
    return dict.fromkeys(names, String)


stage_account = _stage(
    "stage_account",
    account_no=String,
    **_texts(*PERSON, "card_no", "product", "partner", "security", "annual_rate", "penalty_rate"),
    **_texts("borrower_type", "value_tier", "language", "timezone"),
    **_texts(
        "phone",
        "phone_2",
        "phone_3",
        "phone_label",
        "phone_2_label",
        "phone_3_label",
        "email",
        "home_address",
        "work_address",
        "id_address",
    ),
    principal=BigInt,
    opened_on=Date,
    matures_on=Date,
    autopay=Boolean,
    payday=Integer,
    arbitration=Boolean,
    notarised=Boolean,
    service_address=Boolean,
    as_of=Date,
    overdue_days_min=Integer,
    overdue_days_max=Integer,
    overdue_amount=BigInt,
    balance=BigInt,
)

stage_instalment = _stage(
    "stage_instalment",
    account_id=BigInt,
    number=Integer,
    due_on=Date,
    amount_due=BigInt,
    principal=BigInt,
    interest=BigInt,
    fee=BigInt,
)

stage_payment = _stage(
    "stage_payment",
    account_id=BigInt,
    **_texts("reference", "account_no", "card_no", "payer_name", "kind", "reverses", "reason", "state"),
    amount=BigInt,
    paid_at=UTCDateTime(),
    paid_on=Date,
)

stage_party = _stage(
    "stage_party",
    account_id=BigInt,
    person_id=BigInt,
    **_texts(*PERSON, "role", "guarantee_kind", "phone", "phone_label", "email", "address"),
    guarantee_until=Date,
)

stage_balance = _stage(
    "stage_balance",
    account_no=String,
    as_of=Date,
    principal=BigInt,
    interest=BigInt,
    penalty=BigInt,
    fees=BigInt,
    balance=BigInt,
    overdue=BigInt,
)

STAGES = (stage_account, stage_instalment, stage_payment, stage_party, stage_balance)
