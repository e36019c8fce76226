"""What a catalog is: one JSON file of at most 512 kB that is read strictly, or refused with the place."""
