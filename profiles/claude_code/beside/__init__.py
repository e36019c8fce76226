"""What decides beside the settings files: the client's directory, its logins, its editor, its first run."""
