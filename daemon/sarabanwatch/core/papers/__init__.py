"""What is printed and sent: the snapshot, the report, the circular, notices."""
