"""What every test may ask for."""

pytest_plugins = [
    "tests.support.database",
    "tests.support.backend",
    "tests.support.raid",
    "tests.support.realmeye",
    "tests.support.redis",
    "tests.support.town",
]
