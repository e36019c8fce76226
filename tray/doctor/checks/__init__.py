"""What `doctor` checks: a file for each area."""
