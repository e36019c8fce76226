"""The command line: from words to the command that is meant."""
