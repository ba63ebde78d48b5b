"""What every test may ask for."""

pytest_plugins = [
    "tests.support.database",
    "tests.support.backend",
    "tests.support.raid",
    "tests.support.record",
    "tests.support.realmeye",
    "tests.support.redis",
]
