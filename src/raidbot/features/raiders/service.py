"""What the backend does about raiders."""

from raidbot.backend import callers
from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import ChoreKind, Wish
from raidbot.features.raiders import api, rules, store
from raidbot.features.raiders.model import Raider, RaiderStatus, RaiderVerified, UnknownRaider


@serves(api.verify_raider)
async def verify_raider(call: Call[api.VerifyRaider]) -> Raider:
    """Write down whose an IGN is. Told twice, it happens once."""
    ask = call.ask
    ign = rules.checked_ign(ask.ign)
    await store.hold_ign(call.tx, ask.guild_id, ign)
    rules.check_owner(await store.owner_of(call.tx, ask.guild_id, ign), ask.user_id)
    raider = Raider(guild_id=ask.guild_id, user_id=ask.user_id, ign=ign, status=RaiderStatus.VERIFIED)
    if await store.save_raider(call.tx, raider, call.caller, call.now):
        verified = RaiderVerified(guild_id=ask.guild_id, user_id=ask.user_id, ign=ign, by=call.caller)
        await emit(call.tx, verified, call.now)
    await discord_state.wish(call.tx, ask.guild_id, await _wishes(call, raider), call.now)
    return raider


async def _wishes(call: Call[api.VerifyRaider], raider: Raider) -> list[Wish]:
    """Return what Discord is to show of a verified raider: the role, and the IGN as nickname."""
    nickname = Wish(user_id=raider.user_id, kind=ChoreKind.NICKNAME, value=raider.ign)
    role_id = await store.verified_role(call.tx, raider.guild_id)
    if role_id is None:
        return [nickname]
    return [Wish(user_id=raider.user_id, kind=ChoreKind.GIVE_ROLE, target=role_id), nickname]


async def by_ign(tx: Transaction, guild_id: GuildId, ign: str) -> Raider:
    """Return the raider of that IGN in any spelling of capitals, for other features.

    Raises:
        UnknownRaider: nobody has it; the sentence names those whose IGNs look alike.
    """
    found = await store.alike(tx, guild_id, ign.strip())
    return rules.only(ign.strip(), found)


@serves(api.show_raider)
async def show_raider(call: Call[api.ShowRaider]) -> Raider:
    """Return a raider to themselves, and to organizers and above."""
    ask = call.ask
    rules.check_look(call.caller, await callers.rank(call.tx, ask.guild_id, call.caller), ask.user_id)
    raider = await store.find_raider(call.tx, ask.guild_id, ask.user_id)
    if raider is None:
        raise UnknownRaider("No IGN is known of this member. Security and above set it with /verify.")
    return raider
