"""Looks at the demonstration as people see it. A package, so that pytest knows when its fixtures end."""
