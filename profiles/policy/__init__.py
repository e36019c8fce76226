"""What an administrator forces: one document, in /etc, in the registry, or in a property list."""
