"""What a person can do with projects, and with the rules that they take part by."""
