"""Apps that pass from one publisher to another."""
