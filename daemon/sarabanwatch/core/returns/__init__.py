"""What comes back: reading mail, matching it with letters, and what it is evidence of."""
