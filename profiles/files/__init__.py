"""Files: read, replaced durably, locked, and JSON documents with a version."""
