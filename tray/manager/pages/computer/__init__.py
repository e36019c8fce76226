"""Pages about this computer: history."""
