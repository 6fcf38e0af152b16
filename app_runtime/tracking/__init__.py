"""Following a record by its code, and what its reporter may do."""
