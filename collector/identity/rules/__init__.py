"""Roles and scopes, who may decide what another proposed, and what a password, a code and an address must be."""

from collector.identity.rules.approving import FRESH, RECENT, Hand, Touch, why_not_decide
from collector.identity.rules.people import (
    CARRIER,
    COMMAND_LINE,
    DECIDERS,
    EVERYTHING,
    LEVEL_ORDER,
    WITH_CODE,
    WORKER,
    Actor,
    ApiScope,
    ApprovalState,
    Level,
    Role,
    Scope,
    roles_of,
)

__all__ = [
    "CARRIER",
    "COMMAND_LINE",
    "DECIDERS",
    "EVERYTHING",
    "FRESH",
    "LEVEL_ORDER",
    "RECENT",
    "WITH_CODE",
    "WORKER",
    "Actor",
    "ApiScope",
    "ApprovalState",
    "Hand",
    "Level",
    "Role",
    "Scope",
    "Touch",
    "roles_of",
    "why_not_decide",
]
