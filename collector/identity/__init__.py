"""Users, roles, sessions, API keys and approvals (maker is never checker)."""
