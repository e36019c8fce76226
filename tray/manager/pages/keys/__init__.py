"""Pages about keys: which there are, entering one, testing, moving, removing, the vault."""
