"""An installation with a small book in it, made once through the command line and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_runs import Home

NOW = "2026-05-12T09:30+08:00"
PORTFOLIOS = (
    "code,creditor,collector_type,debt_type,currency,timezone,jurisdiction,language,sender_name,signature\n"
    "CN,安和银行,creditor,bank_loan,CNY,Asia/Shanghai,cn,zh,安和银行,安和银行\n"
)
CALLERS = "portfolio,number,channels\n" + "".join(f"CN,+86571220100{n:02},\n" for n in (1, 2, 3))
ACCOUNTS = (
    "account_no,borrower_name,borrower_type,phone,principal\n"
    "A1,张三,worker,13812348821,3000.00\nA2,李四,white_collar,13912348822,2000.00\nA3,王五,other,13712348823,900\n"
)
INSTALMENTS = (
    "account_no,number,due_on,amount_due\n"
    "A1,1,2026-05-11,1000.00\nA1,2,2026-06-11,1000.00\nA2,1,2026-05-15,2000.00\nA3,1,2026-05-11,900\n"
)
PAYMENTS = "reference,account_no,amount,paid_at\nP1,A3,900.00,2026-05-11 10:00\n"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("made"), {})
    steps = [["db", "upgrade"], ["user", "add", "li", "--at", NOW]]
    files = {
        "portfolios": PORTFOLIOS,
        "callers": CALLERS,
        "accounts": ACCOUNTS,
        "instalments": INSTALMENTS,
        "payments": PAYMENTS,
    }
    for kind, body in files.items():
        where = [] if kind in ("portfolios", "callers") else ["--portfolio", "CN"]
        steps.append(["load", kind, home.file(f"{kind}.csv", body), *where, "--at", NOW])
    for step in steps:
        done = home.run(*step)
        assert done.code == 0, (step, done)
    return home.folder


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Home:
    """A copy of the installation, to be used up."""
    folder = tmp_path / "home"
    shutil.copytree(made, folder)
    return Home(folder, {})
