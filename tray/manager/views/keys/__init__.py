"""What pages about keys show."""
