"""The 514 regencies and cities of Indonesia with the home ministry's codes."""
