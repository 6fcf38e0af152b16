"""Personal data are kept as long as each app says, and no longer."""
