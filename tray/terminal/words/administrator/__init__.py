"""Lines about what an administrator decides, and for who helps."""
