"""Where a catalog lies, and its bytes as they are there now: by git, by https, or in a directory.

`source` reads what a person types; `fetch` gets the file and its signature, unverified, by `git`, `https` or
`directory`. Nothing here says what a catalog must hold.
"""
