"""What every room uses and that uses none: errors, hashing, secrets in memory, places, other programs."""
