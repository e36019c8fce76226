"""Which route a session here would use, and which file decides it."""
