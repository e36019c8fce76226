"""Other people's setups, on their way to a profile."""
