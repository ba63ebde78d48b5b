"""What every test may ask for."""

import logging

import structlog

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
