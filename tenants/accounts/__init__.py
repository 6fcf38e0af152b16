"""Accounts, sign-in, sessions, hand-over between hosts."""
