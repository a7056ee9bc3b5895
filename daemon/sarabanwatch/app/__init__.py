"""The steps of the daemon, its loops and its table of jobs; they see the world through `ports`."""
