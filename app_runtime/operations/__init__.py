"""How the platform fares: for operators, over all municipalities, in numbers only."""
