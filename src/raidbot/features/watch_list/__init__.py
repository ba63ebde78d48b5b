"""Whom staff want to know of when they come in: by account or by name, also people who were never here."""
