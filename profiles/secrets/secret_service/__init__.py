"""The Secret Service of Linux desktops."""
