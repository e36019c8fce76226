"""What a page shows, made from what actions return. Pure."""
