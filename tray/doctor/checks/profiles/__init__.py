"""What can be wrong with the profiles themselves."""
