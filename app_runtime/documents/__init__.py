"""Documents made of records, and the page that verifies them."""
