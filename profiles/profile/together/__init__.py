"""What profiles are to each other: which one stands in for another, in which order they are listed."""
