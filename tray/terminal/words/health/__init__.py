"""Lines of check and doctor."""
