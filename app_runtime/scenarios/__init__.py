"""Scenarios of packages, played by the real engine in a municipality that exists only while they run."""
