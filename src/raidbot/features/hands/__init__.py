"""What people change by hand in Discord: shown with their name, made the record, or put back."""
