"""What the game allows as a name."""

import re

LONGEST = 16

PATTERN = "[A-Za-z]{1,16}"
"""An IGN inside of another pattern. The database says the same where names are kept."""

IGN = re.compile(PATTERN)
