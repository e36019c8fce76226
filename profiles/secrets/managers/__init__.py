"""Keys from the managers of secrets that a company runs, had by the managers' own programs."""
