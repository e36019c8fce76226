"""Pages for what takes a while, and for what went wrong."""
