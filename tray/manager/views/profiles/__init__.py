"""What pages about profiles show."""
