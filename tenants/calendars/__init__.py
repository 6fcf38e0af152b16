"""Working calendars: office hours, days off, and the deadlines that follow from them."""
