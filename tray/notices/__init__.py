"""Notices: what the user is shown outside the menu."""
