"""How a release spreads, told without saying where."""
