"""References to secrets: how each is spelled, and the managers of secrets that a company runs."""
