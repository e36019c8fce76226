"""What a Portkey config does, and what two differ in: of any JSON object, and with no secret."""
