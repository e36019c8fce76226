"""What a person can do about which profile is in use, where it is in force, and what was done before."""
