"""What the facts amount to: verdicts of letters, standings and groups of agencies, incidents, the census."""
