"""Where keys are stored: one store over the system's keyring, the vault, and places elsewhere."""
