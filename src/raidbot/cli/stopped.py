"""What ends a command of the operator's in order."""


class Stopped(Exception):  # noqa: N818 - the name is what happened
    """A command cannot go on. The text says what to do; nothing is left half done that it does not name."""
