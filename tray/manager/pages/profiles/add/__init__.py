"""Add a profile in five steps: each a page and an address of its own, in the order of their names' list.

`draft` is what was entered so far, `data` makes a profile of it; `key`, `route`, `models`, `details` and
`review` are the steps, `step` is what they begin with, `lookup` and `trial` what is asked of the network
between them.
"""
