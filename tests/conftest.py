"""What every test may ask for."""

import logging

import structlog
from hypothesis import settings

pytest_plugins = [
    "tests.support.database",
    "tests.support.backend",
    "tests.support.history",
    "tests.support.raid",
    "tests.support.record",
    "tests.support.realmeye",
    "tests.support.redis",
    "tests.support.town",
]

# As processes do by themselves. To write each statement takes longer than to carry it out.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))

# No property fails because the machine is busy. Before its first input Hypothesis reads all of our sources, which takes
# 1.8 s of CPU where .hypothesis is empty, as in a fresh clone; with a deadline it allows one second for ten inputs.
settings.register_profile("untimed", deadline=None)
# What decides whether a change goes in says the same of the same code each time. `just explore` looks further.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("untimed")
