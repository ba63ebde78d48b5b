"""Alerts about the system itself: each stands once, whichever process noticed it, and staff read it in `bot_log`."""
