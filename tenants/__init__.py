"""Who takes part: municipalities, host names, accounts, agencies, people and roles, calendars."""
