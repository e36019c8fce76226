"""A route that an administrator holds: whose it is, and the settings by which it is held."""
