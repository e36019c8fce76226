"""The running tray."""
