"""The process of Claude Code that asks for a key."""
