"""Fields that name other records: choosing one, and who names a record."""
