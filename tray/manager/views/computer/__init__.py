"""What pages about this computer show."""
