"""Usage: what was spent, and what is left."""
