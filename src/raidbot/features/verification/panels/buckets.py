"""How fast members may go on; staff work is counted elsewhere."""

from raidbot.bot.rates import Bucket

START = Bucket("verification-start", 2, 30)
REQUEST = Bucket("verification-request", 5, 8)
LOOK = Bucket("verification-look", 2, 30)
METHOD = Bucket("verification-method", 2, 30)
UPLOAD = Bucket("verification-upload", 2, 30)
THREAD = Bucket("verification-thread", 2, 30)
FORM = Bucket("verification-form", 4, 30)
"""A form is sent again where something in it was wrong."""
