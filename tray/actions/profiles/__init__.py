"""What a person can do with profiles."""
