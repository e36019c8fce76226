"""Making profiles from other people's setups."""
