"""One folder a feature. Every folder holds the same few parts; CONTRIBUTING.md tells what goes where."""

import pkgutil
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Literal

Part = Literal["model", "rules", "api", "service", "jobs", "commands", "panels", "followups"]


def load(part: Part) -> list[ModuleType]:
    """Import that part of every feature that has it, in alphabetical order.

    A part is a file, or a folder with a file for each of its nouns.
    """
    features = sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)
    names = [f"{__name__}.{feature}.{part}" for feature in features]
    return [module for name in names if find_spec(name) for module in _with_pages(import_module(name))]


def _with_pages(part: ModuleType) -> list[ModuleType]:
    pages = pkgutil.iter_modules(getattr(part, "__path__", ()))
    return [part, *(import_module(f"{part.__name__}.{page.name}") for page in pages)]
