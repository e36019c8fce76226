"""What is asked while sessions run: one timer, and our own command in a process of its own."""
