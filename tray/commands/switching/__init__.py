"""The commands that switch, and that tell how things stand."""
