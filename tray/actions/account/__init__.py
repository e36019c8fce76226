"""What a Portkey account offers and has spent, asked with a profile's key."""
