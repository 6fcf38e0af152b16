"""What an app achieves, month by month: kept, agreed to, published, compared."""
