"""Results in words, a file for each group of commands."""
