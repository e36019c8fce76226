"""What a switch changes in a settings file: planned here, written elsewhere."""
