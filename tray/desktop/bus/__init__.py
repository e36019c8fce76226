"""D-Bus: where it is, one connection, what we offer on it, what is heard."""
