"""What is left of the account's budget: asked for while sessions run, shown, and told near its end."""
