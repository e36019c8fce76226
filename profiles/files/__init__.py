"""Files: read, replaced for good, locked, and JSON documents with a version."""
