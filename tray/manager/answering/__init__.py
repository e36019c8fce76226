"""How the manager answers a request for a page, and one that a form sends."""
