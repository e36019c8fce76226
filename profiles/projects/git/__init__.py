"""Git: the questions that it is asked about a directory, and what it could commit."""
