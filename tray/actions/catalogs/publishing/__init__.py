"""What a publisher does: a draft of own profiles, a check, a signature."""
