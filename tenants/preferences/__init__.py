"""How people want to be told: what by which channel, when not, and on which devices (ADR 52)."""
