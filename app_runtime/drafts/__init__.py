"""Forms that somebody with an account has begun and not yet sent (ADR 50)."""
