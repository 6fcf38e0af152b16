"""What holds over many records: unique values, places, figures, and conditions that no change may break."""
