"""Whether a gateway can be reached and takes a key.

`check` asks; `route` and `lookup` say what the profile's route leads to; `helper` runs the key helper.
"""
