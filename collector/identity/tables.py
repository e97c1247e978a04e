"""Users, their sessions and codes, API keys, approvals, counters that slow down guessing, and who this database is."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from collector.foundation.database import BigInt, Json, enum_column
from collector.identity.rules import ApprovalState, Level


class User(SQLModel, table=True):
    __tablename__ = "user_account"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    name: str = Field(unique=True)
    staff_no: str = Field(index=True)
    """The person behind the login: approvals compare this, not the user id."""
    display_name: str = ""
    roles: str
    """Words of `Role`, by comma."""
    level: Level | None = Field(default=None, sa_type=enum_column(Level))
    team: str = ""
    """Who belongs together on the floor: nobody of a team agrees to what is given up of its accounts."""
    password_hash: str
    must_change: bool = True
    language: str = "en"
    all_portfolios: bool = False
    phone: str | None = None
    """The agent's own leg, E.164 or client:name; set by an admin."""
    disabled_at: datetime | None = None
    created_by: str = ""
    created_at: datetime
    reset_at: datetime | None = None
    """When a code of an admin's last gave this login a new password."""
    reset_by: str | None = None
    """Who made that code, and was shown it."""
    reset_asked_by: str | None = None
    """Where it took two admins: the one who asked for it."""
    reset_seen_at: datetime | None = None
    """When the user took note of it."""
    promoted_at: datetime | None = None
    promoted_by: str | None = None
    """Who last gave this login a role it had not, or opened it again."""
    totp_sealed: str | None = None
    """The secret of the user's authenticator app, sealed. None: they sign in by password alone."""
    totp_since: datetime | None = None
    totp_pending: str | None = None
    """A secret that was shown and not yet confirmed by a first code, sealed."""
    totp_step: int | None = Field(default=None, sa_type=BigInt)
    """The half minute of the last code that was taken: none is taken twice."""
    signed_in_at: datetime | None = None


class UserSession(SQLModel, table=True):
    """A login, as a row that can be revoked; only the hash of its token is kept."""

    __tablename__ = "user_session"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt, index=True)
    csrf: str
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    confirmed_at: datetime | None = None
    """When a password or a code was last given in it."""
    address: str = ""
    browser: str = ""
    """From where, and by what its browser calls itself: for the user's own list."""

    @property
    def handle(self) -> str:
        """What its own user calls it by; it opens nothing."""
        return self.token_hash[:16]


class SignIn(SQLModel, table=True):
    """A password was right and the code is awaited: no session yet. Only the hash of its token is kept."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt, index=True)
    made_at: datetime


class ResetCode(SQLModel, table=True):
    """A code by which a user gives themselves a new password, once; only its hash is kept."""

    __tablename__ = "reset_code"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt, index=True)
    code_hash: str
    made_by: str
    asked_by: str | None = None
    """Where it took two admins: the one who asked for it."""
    made_at: datetime
    expires_at: datetime
    clears_totp: bool = False
    ended_at: datetime | None = None
    """Used, or replaced by a newer one."""


class Absence(SQLModel, table=True):
    """A user is away from `begins_at` until `ends_at`, outside. Coming back sooner fills `ended_at`; the row stays."""

    __tablename__ = "absence"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    user_id: int = Field(foreign_key="user_account.id", sa_type=BigInt, index=True)
    begins_at: datetime
    ends_at: datetime
    note: str = ""
    at: datetime
    actor: str
    ended_at: datetime | None = None
    ended_by: str | None = None


class ApiKey(SQLModel, table=True):
    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    key_id: str = Field(unique=True)
    secret_hash: str
    name: str
    scopes: str
    all_portfolios: bool = False
    addresses: str = ""
    """Networks it may be used from, by comma; empty: from anywhere."""
    created_by: str = ""
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Throttle(SQLModel, table=True):
    """Failed logins per name or address; the delay doubles, and ends by itself."""

    __tablename__ = "throttle"

    key: str = Field(primary_key=True)
    failures: int
    last_at: datetime
    user_id: int | None = Field(default=None, sa_type=BigInt, index=True)
    """Whose sign-in it slows down, where the name is one."""


class Approval(SQLModel, table=True):
    """Something that needs a second person. `digest` is the SHA-256 of what was shown."""

    __tablename__ = "approval"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInt)
    kind: str
    subject: str
    portfolio_id: int | None = Field(default=None, sa_type=BigInt)
    """Whose book it is about; None: the whole installation's, for those who see everything."""
    body: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    digest: str
    state: ApprovalState = Field(default=ApprovalState.open, sa_type=enum_column(ApprovalState), index=True)
    maker: str
    maker_staff_no: str
    made_at: datetime
    checker: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


class Installation(SQLModel, table=True):
    """The database's own identity: one row. A copy is recognised by it, a wrong key by `key_check`."""

    __tablename__ = "installation"

    id: int = Field(default=1, primary_key=True, sa_type=BigInt)
    database_id: str
    key_check: str
    created_at: datetime
    demo: bool = False
