"""Names the row of docs/reference/loopback.md that a test proves."""

import pytest


def rule(*sentences: str) -> pytest.MarkDecorator:
    """Mark a test as one that would fail if these rules were gone."""
    return pytest.mark.rule(*sentences)
