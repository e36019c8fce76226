"""What a Portkey config does, in plain words: any JSON object is read, and no secret is ever in them."""
