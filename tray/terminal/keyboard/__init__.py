"""What a person types: key by key, a line that is edited, a secret that is not shown."""
