"""One plain function a command; it takes the app and its arguments and returns a `Report`."""
