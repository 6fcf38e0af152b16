"""What municipalities wish for and no app does yet."""
