"""The shell of pkcc-tray: the command line and the tray."""
