"""What raiders and organizers earn: a ledger to which entries are only added."""
