"""A profile: its model and fields, what it renders to, where it is stored, how one is recognised."""
