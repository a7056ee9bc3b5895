"""What the facts amount to: verdicts on letters, standings and groups, incidents, the census."""
