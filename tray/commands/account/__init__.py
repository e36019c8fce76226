"""What a profile's Portkey account offers and has spent."""
