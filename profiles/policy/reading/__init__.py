"""A policy as it is laid down: the places, each with its way of writing, and their values read strictly."""
