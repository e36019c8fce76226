"""Pages about projects: the list, one of them, rules."""
