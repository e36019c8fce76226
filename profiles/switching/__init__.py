"""One settings file: what a switch changes in it, what is remembered of it, and how it stands now."""
