"""Importing: what there is, what it comes to, and storing it."""
