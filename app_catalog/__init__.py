"""What is shared: the package format, publishers, releases, installations, reviews, evaluations."""
