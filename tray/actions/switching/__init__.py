"""What a person can do about which profile is active, where it is in force, and what was done before."""
