"""Plans for hosting, programmes of municipalities, and how much each municipality may keep (ADR 59)."""
