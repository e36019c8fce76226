"""What the pages about configs show."""
