"""Other programs: where each is, how it is run within a limit, how a command line is written."""
