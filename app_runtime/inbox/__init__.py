"""One inbox over all apps of a municipality."""
