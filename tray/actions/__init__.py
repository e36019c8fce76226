"""What a person can do, once: for the command line, the tray and whatever else asks."""
