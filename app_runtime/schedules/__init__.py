"""What apps do every day, week or month."""
