"""What is left of the account's budget: asked for while sessions run, shown, and reported near its end."""
