"""The fourteen municipalities that are generated: the same every time from a seed."""
