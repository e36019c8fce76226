"""What several commands ask: which profile is meant, where a key is to lie."""
