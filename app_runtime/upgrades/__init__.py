"""Upgrades: a report on a municipality's own data, the switch for new records, and moves of running ones that can be
taken back.
"""
