"""The Team role: held by everybody with a staff rank, and by nobody else."""
