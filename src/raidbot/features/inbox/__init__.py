"""Messages that wait for a member inside the server, for whom no direct message is needed."""
