"""Which requests are sealed: all that the audit log may show."""

import pytest

from raidbot.bot.sealing import UNLOGGED

BASE = "/api/v10"


@pytest.mark.parametrize(
    "request_line",
    [
        "PUT /guilds/7/members/11/roles/31",
        "PATCH /guilds/7/members/11",
        "DELETE /guilds/7/members/11",
        "PUT /guilds/7/bans/11",
        "POST /guilds/7/roles",
        "POST /guilds/7/channels",
        "PATCH /channels/8",
        "DELETE /channels/8",
        "POST /channels/8/threads",
        "POST /channels/8/messages/9/threads",
        "DELETE /channels/8/messages/9",
        "POST /channels/8/messages/bulk-delete",
        "POST /channels/8/webhooks",
    ],
)
def test_what_the_audit_log_may_show_is_sealed(request_line: str) -> None:
    assert not UNLOGGED.match(request_line.replace(" ", f" {BASE}", 1))


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /guilds/7/audit-logs",
        "POST /channels/8/messages",
        "PATCH /channels/8/messages/9",
        "POST /channels/8/typing",
        "POST /interactions/5/token/callback",
        "PATCH /webhooks/5/token/messages/@original",
        "PUT /applications/5/guilds/7/commands",
    ],
)
def test_what_it_never_shows_waits_for_no_secret(request_line: str) -> None:
    assert UNLOGGED.match(request_line.replace(" ", f" {BASE}", 1))
