"""Repositories that carry a route: which they are, what each says, and all of them changed together."""
