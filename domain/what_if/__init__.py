"""What would have been, had one thing been done that was not: commands on a copy, and nothing kept."""
