"""What the backend does about the mirror."""

from raidbot.backend.serving import Call, serves
from raidbot.features.discord_state import api, store


@serves(api.mirror_members)
async def mirror_members(call: Call[api.MirrorMembers]) -> api.Mirrored:
    """Take over what members hold now. In order of their ids, so that two requests never wait for each other."""
    latest = {member.user_id: member for member in call.ask.members}
    for user_id in sorted(latest):
        await store.save_member(call.tx, call.ask.guild_id, latest[user_id])
    return api.Mirrored(len(latest))
