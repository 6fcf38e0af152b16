"""Money that comes in: who agreed to pay what, what Stripe says was paid, and the books (ADR 58)."""
