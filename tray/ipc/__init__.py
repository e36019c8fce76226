"""The conversation of a command with the running tray."""
