"""A change of the settings by something else: seen, answered, put back."""
