"""The commands about this computer: autostart, desktop, uninstall."""
