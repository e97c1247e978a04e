"""`collector casefile` and `collector balance`: made, checked, named."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_runs import Home
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfReader

AT = "2026-05-12T18:00+08:00"


def test_a_case_file_is_made_and_checked_without_the_database(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "case"
    done = home.run("casefile", "CN/A1", "--out", str(out), "--at", AT, "--json")
    assert done.code == 0, done
    [one] = done.document["case_files"]
    assert one["pages"] > 3
    assert {"what": "contract", "person": None, "who": "creditor"} in one["missing"]
    key = home.run("casefile", "key", "--json").document["public_key"]
    elsewhere = Home(tmp_path / "nothing here", {})
    checked = elsewhere.run("casefile", "verify", str(out), "--key", key, "--json")
    assert (checked.code, checked.document["case_files"][0]["whole"]) == (0, True)
    (out / "balance.xlsx").write_bytes(b"touched")
    found = elsewhere.run("casefile", "verify", str(out))
    assert found.code == 1
    assert "balance.xlsx was changed" in found.out


def test_the_same_moment_gives_the_same_file(home: Home, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert home.run("casefile", "CN/A1", "--out", str(tmp_path / name), "--at", AT).code == 0
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_a_list_of_accounts_makes_a_folder_for_each(home: Home, tmp_path: Path) -> None:
    listed = home.file("accounts.txt", "CN/A1\n\n")
    done = home.run("casefile", "CN/A1", "--from", listed, "--out", str(tmp_path / "out"), "--at", AT, "--json")
    assert done.code == 0, done
    assert len(done.document["case_files"]) == len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["CN/A1"], "--out", id="no folder"),
        pytest.param(["CN/nobody", "--out", "x"], "no account", id="no account"),
        pytest.param(["verify", "."], "manifest.json", id="no case file"),
        pytest.param(["CN/A1", "--out", "x", "--language", "fr"], "zh or en", id="no such language"),
        pytest.param(["CN/A1", "--out", "x", "--sign-key", "none.p12"], "PKCS#12", id="no such key"),
    ],
)
def test_what_can_not_be_made_is_said(
    home: Home, words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = home.run("casefile", *words)
    assert done.code == 2, done
    assert told in done.err
    assert list(tmp_path.glob("x*")) == []


def a_key(path: Path) -> str:
    """A PKCS#12 file of its own making."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bank A")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    sealed = serialization.BestAvailableEncryption(b"opens it")
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"a", key, signed, None, sealed))
    return str(path)


def test_the_document_can_be_signed_as_well(home: Home, tmp_path: Path) -> None:
    signing, out = home.with_settings(sign_passphrase="opens it"), tmp_path / "case"
    done = signing.run("casefile", "CN/A1", "--out", str(out), "--at", AT, "--sign-key", a_key(tmp_path / "k.p12"))
    assert done.code == 0, done
    fields = PdfReader(io.BytesIO((out / "case-file.pdf").read_bytes())).get_fields() or {}
    assert "CaseFile" in fields
    assert home.run("casefile", "verify", str(out)).code == 0


def test_the_balance_is_told_and_written(home: Home, tmp_path: Path) -> None:
    done = home.run("balance", "CN/A1", "--at", AT, "--xlsx", str(tmp_path / "b.xlsx"), "--json")
    assert done.code == 0, done
    told = done.document
    ledger = told["ledger"]
    assert told["total"] == sum(told["left"].values())
    assert told["total"] == ledger["owed"] - ledger["overpaid"] + ledger["penalty"] + ledger["unallocated"]
    assert (tmp_path / "b.xlsx").read_bytes().startswith(b"PK")
    called = home.run("balance", "CN/A1", "--at", AT, "--called-on", "2026-05-12", "--json").document
    assert called["total"] == called["due"]
