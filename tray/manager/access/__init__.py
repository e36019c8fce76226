"""Who is let in: link, session, form tokens, and what is refused before a page is asked."""
