"""Lines on what a switch did, or would do, and on what was done before."""
