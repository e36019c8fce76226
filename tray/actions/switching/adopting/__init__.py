"""What the settings say besides a profile, taken into it."""
