"""What the five steps of adding a profile show."""
