"""The guild of the tests of roles that are earned: the one that verifies."""

from tests.features.verification.conftest import town

__all__ = ["town"]
