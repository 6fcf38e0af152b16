"""Parallel work: records that belong to a record, how they are opened, what they tell it, who reads it through them."""
