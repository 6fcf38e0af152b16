"""A whole inventory of apps becomes listings: a table is read, looked over, and taken in.

It stands in this layer because the reading of tables does.
"""
