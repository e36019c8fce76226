"""Notices: what the user is told outside the menu."""
