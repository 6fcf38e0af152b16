"""Messages about records: to whom, in which words, by which channel."""
