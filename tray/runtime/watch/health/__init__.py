"""Whether the active profile's gateway answers, and what is done while it does not."""
