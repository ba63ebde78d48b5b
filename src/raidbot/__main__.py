"""`python -m raidbot`: the same as the command `raidbot`."""

from raidbot.cli.main import app

app()
