"""Keys: handed out, stored, missed by a session."""
