"""What decides beside the settings files: the client's directory, logins, first run, its editor and shell."""
