"""What the public page tells, and how it is searched."""
