"""What was accepted of a catalog, on this machine's disk, and the profiles that are made of it."""
