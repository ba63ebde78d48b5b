"""The steps of a rehearsal, by what they are about."""
