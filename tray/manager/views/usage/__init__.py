"""What the usage page shows."""
