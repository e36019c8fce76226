"""What is remembered of a settings file."""
