"""What every test may ask for."""

import logging

import structlog

pytest_plugins = [
    "tests.support.database",
    "tests.support.backend",
    "tests.support.raid",
    "tests.support.realmeye",
    "tests.support.redis",
]

# As processes do by themselves. To write each statement takes longer than to carry it out.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
