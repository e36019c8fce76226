"""What a well-typed Portkey config can still get wrong, by whose gateway reads it."""
