"""Assistance (pendampingan): a municipality asks for help with an app, and its publisher or a partner helps."""
