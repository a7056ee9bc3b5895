"""The ordered readers of returned mail; one file a dialect."""
