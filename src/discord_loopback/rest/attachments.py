"""New links for old ones. Not in Discord's documentation, but in use: to confirm."""

from discord_loopback import links
from discord_loopback.calls import Call, Route
from discord_loopback.errors import Problems
from discord_loopback.model import Json

MOST = 50


async def refresh(call: Call) -> Json:
    """Sign the addresses of files anew; what is no file is left out."""
    asked = call.body.get("attachment_urls") or []
    problems = Problems()
    problems.length(("attachment_urls",), asked, 1, MOST)
    problems.raise_any()
    fresh: list[Json] = []
    for url in asked:
        path = links.path_of(call.world, str(url))
        if path is not None:
            fresh.append({"original": url, "refreshed": links.signed(call.world, links.address(call.world, path))})
    return {"refreshed_urls": fresh}


ROUTES = [Route("POST", "/attachments/refresh-urls", refresh)]
