"""One folder a feature. Every folder holds the same few files; CONTRIBUTING.md tells what goes where."""

import pkgutil
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Literal

Part = Literal["model", "api", "service", "jobs", "commands", "panels", "followups"]


def load(part: Part) -> list[ModuleType]:
    """Import that part of every feature that has it, in alphabetical order."""
    features = sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)
    names = [f"{__name__}.{feature}.{part}" for feature in features]
    return [import_module(name) for name in names if find_spec(name)]
