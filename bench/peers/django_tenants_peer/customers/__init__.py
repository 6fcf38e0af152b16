"""One app of the peer."""
