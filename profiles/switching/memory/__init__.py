"""What is remembered of a settings file, as files below `targets`."""
