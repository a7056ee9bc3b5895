"""One part of the world a room; none knows another."""
