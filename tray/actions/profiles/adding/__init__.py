"""What a guided `add` needs to know, at a terminal and in the manager alike.

`answers` checks each answer where it is given, `place` is where an account is asked for a profile that is
not there yet, `models_of_route` the models that a route leads to, `saved_config` the config that is meant;
`config_file` makes a route of one in a file.
"""
