"""The verified role: held by verified raiders and by nobody else, compared at each start and after each mapping."""
