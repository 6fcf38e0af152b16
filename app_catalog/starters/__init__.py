"""The small whole package that a new app begins with."""
