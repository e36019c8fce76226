"""A profile's config: the file that it names, and what people call the saved ones."""
