"""What keeps a file from being written, looked for beforehand or after a refusal."""
