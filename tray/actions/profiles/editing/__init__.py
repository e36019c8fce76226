"""A profile as a window edits it: all of it saved at once, duplicated, brought back."""
