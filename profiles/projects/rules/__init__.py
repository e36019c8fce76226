"""Rules: which directories take part as projects by their path alone."""
