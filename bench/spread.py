"""How times are told."""

from statistics import quantiles


def spread(times: list[float]) -> str:
    """Return median, 99th percentile and maximum of milliseconds."""
    if len(times) < 2:  # noqa: PLR2004 - quantiles need two
        return "none"
    cut = quantiles(times, n=100)
    return f"{cut[49]:.0f} / {cut[98]:.0f} / {max(times):.0f} ms"
