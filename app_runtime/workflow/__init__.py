"""Actions on records: who may take which, and what follows."""
