"""The manager: a page on loopback, in the person's own browser, for all that a person can do."""
