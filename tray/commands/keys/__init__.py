"""The commands about keys, and about what else is allowed for them."""
