"""The computer around us: start at login, menu entry and the like, and taking all of it away again."""
