"""Claude Code's settings files: their text, their values, and which of them it reads."""
