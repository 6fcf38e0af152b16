"""The author guide as pages of the hub."""
