"""What can be wrong with catalogs, and with what an administrator decides."""
