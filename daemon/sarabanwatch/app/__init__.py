"""The steps, and the table of jobs that wakes them. Sees the world through `ports` only."""
