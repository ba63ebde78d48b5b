"""Roles that are earned: members ask for them with a screenshot, and staff decide."""
