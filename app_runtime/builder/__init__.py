"""The builder: the source of a package beside what it becomes."""
