"""A letter: its text, number and form."""
