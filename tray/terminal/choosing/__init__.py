"""Choosing one of many at a terminal: `choose` asks, by a list that is searched by typing, or by numbers.

`searched_list` is the list without a screen, `drawing` its lines, `keys` and `keys_windows` read what is
pressed; `numbered` is for screen readers and terminals that move no cursor.
"""
