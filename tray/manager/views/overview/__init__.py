"""What the first page shows: what is in use now, and how many things wait."""
