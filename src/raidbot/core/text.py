"""Text that members typed, made harmless."""

import re

MARKDOWN = re.compile(r"([\\*_~`|>#\[\]()<@:-])")


def shown(text: str) -> str:
    """Return member text as it may stand in a message of ours: no markup, no ping, no link.

    Text with a link in it is shown as code, so that nothing in the bot's name is clickable.
    """
    folded = " ".join(text.split())
    if "://" in folded:
        return "`" + folded.replace("`", "'") + "`"
    return MARKDOWN.sub(r"\\\1", folded)
