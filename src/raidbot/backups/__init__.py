"""Backups of the record: taken, checked, kept, copied, and put back beside what is there."""
