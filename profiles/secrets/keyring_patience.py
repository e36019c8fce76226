"""How long a system keyring is waited for."""

LIMIT_S = 3.0  # for one that does not answer
PATIENCE_S = 120.0  # for one that asks its user, such as to unlock it; Claude Code waits 600 s for its helper
