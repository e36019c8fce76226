"""The commands about keys, and what may meet them."""
