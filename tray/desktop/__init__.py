"""The desktop around the tray: its buses, signals, displays, files and logins."""
