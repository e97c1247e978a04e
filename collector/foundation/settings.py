"""Settings: environment variables `COLLECTOR_*`, or files of the same name in `COLLECTOR_SECRETS_DIR`."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from collector.foundation.errors import NotReady


class CarrierKind(StrEnum):
    memory = "memory"
    twilio = "twilio"


class Settings(BaseSettings):
    """Everything that differs between two installations. Business numbers are not here: they are in strategies,
    packs and portfolios."""

    model_config = SettingsConfigDict(env_prefix="COLLECTOR_", extra="ignore", hide_input_in_errors=True)

    home: Path = Field(Path("var"), description="Folder of the embedded database, the key and the arming file")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in `home`")
    key_file: Path | None = Field(None, description="File with the master secret; default `home`/master.key, mode 0600")
    templates_dir: Path | None = Field(None, description="Folder whose templates are laid over the shipped ones")
    fonts_dir: Path | None = Field(None, description="Folder with fonts for print, besides those of the system")
    sign_passphrase: SecretStr = Field(SecretStr(""), description="Opens the PKCS#12 file that signs case files")
    public_url: str = Field("http://127.0.0.1:8000", description="Address under which the carrier reaches the webhooks")
    trusted_hosts: str = Field("127.0.0.1,localhost", description="Host names the server answers to, by comma")
    trusted_proxies: str = Field("", description="Addresses whose forwarded headers are believed, by comma")
    carrier: CarrierKind = Field(CarrierKind.memory, description="memory keeps messages in the process; twilio sends")
    twilio_account_sid: str = Field("", description="AC..., the account that owns the caller numbers")
    twilio_api_key: str = Field("", description="SK..., the API key that signs REST requests")
    twilio_api_secret: SecretStr = Field(SecretStr(""), description="Secret of that API key")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Verifies webhooks, and nothing else")
    twilio_auth_token_old: SecretStr = Field(SecretStr(""), description="Also accepted while the token is rotated")
    twilio_base_url: str = Field("", description="Address of a carrier sandbox; empty: Twilio itself")
    plan_processes: int = Field(0, ge=0, description="How many plan a night on PostgreSQL; 0: one a core, at most 4")
    require_codes: bool | None = Field(
        None,
        description="Supervisors, legal, operations, admins and auditors sign in with a code besides the password;"
        " not set: yes, except in the demo",
    )
    record_calls: bool = Field(True, description="Record calls, announced, where the pack allows it")
    ways_wait_hours: float = Field(
        24, ge=0, allow_inf_nan=False, description="Hours from the second person's yes until new ways to pay count"
    )
    registered_texts: str = Field(
        "", description="Jurisdictions, by comma, where the carrier takes only texts that are registered with it"
    )
    demo: bool = Field(False, description="Set by `collector demo`; `serve` refuses a demo database")

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, value: str) -> str:
        try:
            known = not value or make_url(value).get_backend_name() in ("sqlite", "postgresql")
        except ArgumentError:
            known = False
        if not known:
            raise ValueError("not the address of a database: sqlite:///FILE or postgresql://USER@HOST/NAME")
        return value

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'collector.db'}"

    @property
    def resolved_key_file(self) -> Path:
        return self.key_file or self.home / "master.key"

    def registers_texts(self, jurisdiction: str) -> bool:
        """Whether the carrier asks there for each text to be registered with it first."""
        return jurisdiction in {word.strip() for word in self.registered_texts.split(",")}

    @property
    def recordings(self) -> Path:
        """Folder of the recordings of calls."""
        return self.home / "recordings"

    @property
    def documents(self) -> Path:
        """Folder of the papers of accounts."""
        return self.home / "documents"

    @property
    def codes_required(self) -> bool:
        """Whether the roles that sign in with a code can not do without."""
        return not self.demo if self.require_codes is None else self.require_codes

    @property
    def planners(self) -> int:
        """How many processes share a night plan."""
        return self.plan_processes or min(os.cpu_count() or 1, 4)

    @property
    def sandboxed(self) -> bool:
        """True where nothing can reach a real person: the memory carrier, or a carrier on this machine."""
        if self.carrier is CarrierKind.memory:
            return True
        address = urlsplit(self.twilio_base_url)
        return address.scheme == "http" and address.hostname in {"127.0.0.1", "localhost"}


def load_settings() -> Settings:
    """The settings of this process, read once by a door; a wrong one is a `NotReady` that names it, not its value."""
    secrets = os.environ.get("COLLECTOR_SECRETS_DIR")
    try:
        return Settings(_secrets_dir=secrets) if secrets else Settings()
    except ValidationError as error:
        wrong = [f"COLLECTOR_{str(part['loc'][0]).upper()}: {part['msg']}" for part in error.errors()]
        raise NotReady("; ".join(wrong)) from error
