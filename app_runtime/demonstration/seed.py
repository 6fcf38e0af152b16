"""Where generated data begins."""

SEED = 2026
"""What the demonstration is generated from unless somebody says otherwise."""
