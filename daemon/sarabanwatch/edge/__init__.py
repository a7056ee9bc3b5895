"""The adapters to the world outside: a folder or file for each, and none knows another."""
