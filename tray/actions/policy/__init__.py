"""What an administrator decides: looked at, and checked before it is deployed."""
