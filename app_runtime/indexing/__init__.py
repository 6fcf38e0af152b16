"""Records by the values of fields that their app marks `indexed`."""
