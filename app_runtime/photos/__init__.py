"""Files that citizens send and see: kept while a form is corrected, served to whoever may see the record."""
