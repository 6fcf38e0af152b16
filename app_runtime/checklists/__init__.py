"""Checklists: items of which some give files, and others a verdict on each."""
