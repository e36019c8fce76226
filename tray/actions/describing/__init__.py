"""What is shown of a profile, in data: its route, its models, how its key is handed over."""
