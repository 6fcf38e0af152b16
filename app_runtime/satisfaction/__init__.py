"""How satisfied people are with what became of their records: asked once it is closed, answered by its maker alone."""
