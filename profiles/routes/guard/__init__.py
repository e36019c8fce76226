"""Whether a key may be printed: it goes to its own gateway only. See docs/decisions/0022-key-guard.md."""
