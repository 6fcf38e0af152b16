"""The package format: reads, checks, freezes and compiles an app's package. Pure: no Flask, no database."""
