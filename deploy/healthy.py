"""Whether a process of ours is well: `healthy.py 9100`. Prints why not, and ends with 1. For health checks."""

import http.client
import json
import sys

PATIENCE_S = 4


def main() -> str | None:
    """Return why the process behind the port is not well, or None."""
    asked = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=PATIENCE_S)
    try:
        asked.request("GET", "/health")
        answer = asked.getresponse()
        told = json.loads(answer.read())
    except (OSError, ValueError) as fault:
        return f"no answer: {fault}"
    return None if answer.status == http.client.OK else str(told.get("reason") or "no database")


sys.exit(main())
