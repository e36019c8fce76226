"""How a command and the running tray talk to each other."""
