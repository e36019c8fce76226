"""A profile's fields: their model, how they are read, and the JSON Schema made of them."""
