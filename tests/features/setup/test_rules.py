"""What is found in a server, what is proposed by name, and what would be created."""

from pathlib import Path

import pytest
from tests.features.setup.seen import (
    BOSS,
    BOT_ROLE,
    EVERYONE,
    GETVERIFIED,
    GUILD,
    NOTICES,
    RAID,
    READS,
    SUSPENDED,
    VERIFIED,
    configured,
    denied,
    guild,
    role,
    with_channel,
    with_role,
)

from raidbot import features
from raidbot.core import checkup
from raidbot.core.checkup import Configured, Finding, Level
from raidbot.core.guilds import ChannelKind, ChannelSeen, GuildSeen, OverwriteSeen
from raidbot.core.ids import ChannelId, RoleId, Snowflake
from raidbot.core.permissions import Permission
from raidbot.core.ranks import RoleKey
from raidbot.features.guild_config.model import ChannelKey, Mappings
from raidbot.features.setup.model import PLACES, Kind, Place, Step, Wanted
from raidbot.features.setup.rules import checks, names, steps

for part in ("model", "rules"):
    features.load(part)

ROOT = Path(__file__).parents[3]
BOT_MAY = int(checks.ask_for())
LACKING_ROLES = BOT_MAY & ~Permission.MANAGE_ROLES
RAID_ALONE = {"channels": {"raid": RAID}}


def sentences(seen: GuildSeen, held: Configured, level: Level | None = None) -> str:
    found = checks.looked_over(seen, held)
    return "\n".join(f"{one.text} {one.fix}" for one in found if level in {None, one.level})


def test_a_server_in_which_nothing_is_wrong_has_no_problem_and_no_hint() -> None:
    found = checks.looked_over(guild(), configured())

    assert {one.level for one in found} == {Level.OK}


FINDINGS = [
    ("problem", "Raid channel is gone", guild(channels=guild().channels[1:]), configured()),
    ("problem", "No Raid channel is set", guild(), configured(channels={"notices": NOTICES})),
    ("hint", "No Raid Log channel is set", guild(), configured(**RAID_ALONE)),
    (
        "problem",
        "(Raid) I lack **Send Messages**",
        with_channel(denied(RAID, "raid", BOT_ROLE, Permission.SEND_MESSAGES)),
        configured(),
    ),
    (
        "problem",
        "(Raid) I lack **View Channel**. Needed there",
        with_channel(denied(RAID, "raid", EVERYONE, Permission.VIEW_CHANNEL)),
        configured(),
    ),
    (
        "problem",
        "(Raid Log) I lack **Create Public Threads**",
        with_channel(denied(RAID, "raid", BOT_ROLE, Permission.CREATE_PUBLIC_THREADS)),
        configured(),
    ),
    ("problem", "Verified Raider role is gone", guild(), configured(roles={"verified_raider": RoleId(99)})),
    ("problem", "stands above my role", with_role(role(VERIFIED, "Verified", 7)), configured()),
    (
        "problem",
        "lets many people Kick Members",
        with_role(role(VERIFIED, "Verified", 1, Permission.KICK_MEMBERS)),
        configured(),
    ),
    ("problem", "nobody can give or take", with_role(role(VERIFIED, "V", managed=True)), configured()),
    ("problem", "nobody can give or take", guild(), configured(roles={"verified_raider": RoleId(GUILD)})),
    (
        "problem",
        "is Suspended and Verified Raider at the same time",
        guild(),
        configured(roles={"verified_raider": VERIFIED, "suspended": VERIFIED}),
    ),
    (
        "problem",
        "(Raid) is a forum, where every message needs a post",
        guild(channels=[ChannelSeen(RAID, "raid", kind=ChannelKind.FORUM), *guild().channels[1:]]),
        configured(),
    ),
    ("hint", "everybody in the server can join runs", guild(), configured(roles={})),
    (
        "problem",
        "(Notices) is hidden from @everyone and suspended members",
        with_channel(
            ChannelSeen(
                NOTICES,
                "n",
                [OverwriteSeen(Snowflake(1), 0, READS), OverwriteSeen(Snowflake(BOT_ROLE), BOT_MAY)],
            )
        ),
        configured(),
    ),
    (
        "problem",
        "(Notices) is hidden from suspended members:",
        with_channel(denied(NOTICES, "n", SUSPENDED, Permission.VIEW_CHANNEL)),
        configured(),
    ),
    (
        "hint",
        "Everybody may write in <#22>",
        with_role(role(EVERYONE, "@everyone", 0, READS | Permission.SEND_MESSAGES)),
        configured(),
    ),
    ("hint", "I hold Administrator", with_role(role(BOT_ROLE, "Bot", 5, Permission.ADMINISTRATOR)), configured()),
    (
        "hint",
        "I may also Mute Members",
        with_role(role(BOT_ROLE, "Bot", 5, BOT_MAY | Permission.MUTE_MEMBERS)),
        configured(),
    ),
    (
        "problem",
        "I lack **Manage Roles** in this server",
        with_role(role(BOT_ROLE, "Bot", 5, LACKING_ROLES)),
        configured(),
    ),
    (
        "hint",
        "I lack **View Audit Log** in this server",
        with_role(role(BOT_ROLE, "Bot", 5, BOT_MAY & ~Permission.VIEW_AUDIT_LOG)),
        configured(),
    ),
    (
        "problem",
        "Runs are to call @here",
        with_role(role(BOT_ROLE, "Bot", 5, BOT_MAY & ~Permission.MENTION_EVERYONE)),
        configured(settings={"ping_at_start": frozenset({"none", "here"})}),
    ),
    (
        "problem",
        "cannot be called",
        with_role(role(BOT_ROLE, "Bot", 5, BOT_MAY & ~Permission.MENTION_EVERYONE)),
        configured(),
    ),
    ("problem", "The role that Shatters calls is gone", guild(), configured(dungeon_roles={"shatters": RoleId(99)})),
    ("hint", "No dungeon calls a role yet", guild(), configured(dungeon_roles={})),
    ("problem", "The Message Content Intent is off", guild(application_flags=checkup.MEMBERS), configured()),
    (
        "hint",
        "The Presence Intent is on",
        guild(application_flags=checkup.MEMBERS_LIMITED | checkup.CONTENT | checks.PRESENCES),
        configured(),
    ),
    (
        "problem",
        "The Raid of All Exaltation Dungeons channel is gone",
        guild(),
        configured(own_channels={"Raid of All Exaltation Dungeons": ("raid", ChannelId(99))}),
    ),
    (
        "problem",
        "(Getverified) is an announcement channel, in which nobody can open a private thread",
        with_channel(ChannelSeen(GETVERIFIED, "verify", kind=ChannelKind.ANNOUNCEMENT)),
        configured(),
    ),
    ("problem", "so nobody can join", guild(), configured(own_roles={"Verified Raider of Void": RoleId(99)})),
]


@pytest.mark.parametrize(("level", "says", "seen", "held"), FINDINGS, ids=[says for _, says, _, _ in FINDINGS])
def test_what_is_wrong_is_found_with_its_fix(level: str, says: str, seen: GuildSeen, held: Configured) -> None:
    found = [one for one in checks.looked_over(seen, held) if says in one.text]

    assert [one.level for one in found] == [Level(level)]
    assert found[0].fix


def test_problems_come_before_hints_and_those_before_what_is_fine() -> None:
    found = checks.looked_over(guild(), configured(roles={"verified_raider": RoleId(99)}, dungeon_roles={}))

    assert [one.level for one in found] == sorted((one.level for one in found), key=list(Level).index)


def test_another_features_check_is_asked_too() -> None:
    @checkup.check
    def rain(_: GuildSeen, __: Configured) -> list[Finding]:
        return [Finding(Level.HINT, "It rains.", "Take an umbrella")]

    try:
        assert "It rains. Take an umbrella" in sentences(guild(), configured(), Level.HINT)
    finally:
        checkup.checks.remove(rain)


def test_an_own_deny_of_the_bot_wins_over_its_roles() -> None:
    channel = denied(RAID, "raid", int(guild().bot_id), Permission.SEND_MESSAGES)

    assert not guild().bot_may(channel) & Permission.SEND_MESSAGES


def test_the_page_about_permissions_is_written_from_what_features_use() -> None:
    page = (ROOT / "docs/operate/permissions.md").read_text()

    assert page == checks.permissions_markdown()
    assert f"permissions={BOT_MAY}" in checks.invite(guild())


def test_every_permission_has_the_name_and_the_reason_that_the_operator_reads() -> None:
    assert all(one.reason and one.permission.label for one in checkup.needs)
    assert not checks.ask_for() & Permission.ADMINISTRATOR


def named(*called: str) -> GuildSeen:
    """A guild whose roles and channels (with #) have these names."""
    roles = [role(RoleId(50 + n), name) for n, name in enumerate(called) if not name.startswith("#")]
    channels = [ChannelSeen(ChannelId(150 + n), name[1:]) for n, name in enumerate(called) if name.startswith("#")]
    return guild(roles=[*guild().roles[:2], *roles], channels=channels)


def test_what_is_called_right_and_takes_no_messages_is_not_proposed_and_it_is_said_why() -> None:
    channels = [
        ChannelSeen(ChannelId(150), "raids", kind=ChannelKind.FORUM),
        ChannelSeen(ChannelId(151), "verify-here", kind=ChannelKind.ANNOUNCEMENT),
        ChannelSeen(ChannelId(152), "verification"),
        ChannelSeen(ChannelId(153), "bot-log", kind=ChannelKind.ANNOUNCEMENT),
        ChannelSeen(ChannelId(154), "Party Finder", kind=ChannelKind.CATEGORY),
    ]
    there = guild(roles=guild().roles[:2], channels=channels)
    found = names.propose(there, Mappings({}, {})).channels
    unfit = names.unfit(there, [ChannelKey.RAID, ChannelKey.GETVERIFIED, ChannelKey.PARTY_FINDER])

    assert {key: one.id for key, one in found.items()} == {ChannelKey.GETVERIFIED: 152, ChannelKey.BOT_LOG: 153}
    assert {key: one.id for key, one in unfit.items()} == {ChannelKey.RAID: 150, ChannelKey.GETVERIFIED: 151}
    assert [one.key for one in steps.missing(there, Mappings({}, {ChannelKey.RAID: ChannelId(150)}))].count("raid") == 1


NAMES = [
    ("Raid Leader", RoleKey.ORGANIZER),
    ("🔥│Raid-Leader", RoleKey.ORGANIZER),
    ("Organzier", RoleKey.ORGANIZER),
    ("Head Raid Leader", RoleKey.HEAD_ORGANIZER),
    ("\U0001d415erified \U0001d411aider", RoleKey.VERIFIED_RAIDER),
    ("Moderators", RoleKey.MODERATOR),
    ("Gardener", None),
    ("mob", None),
    ("#raid-status", ChannelKey.RAID),
    ("#「raids」", ChannelKey.RAID),
    ("#verification-logs", ChannelKey.VERI_LOG),
    ("#verify-here", ChannelKey.GETVERIFIED),
    ("#mod-logs", ChannelKey.PUNISHMENT_LOG),
    ("#memes", None),
]


@pytest.mark.parametrize(("name", "key"), NAMES)
def test_names_and_their_synonyms_are_known_in_any_decoration(name: str, key: RoleKey | ChannelKey | None) -> None:
    found = names.propose(named(name), Mappings({}, {}))

    assert [*found.roles, *found.channels] == ([key] if key else [])


def test_one_role_is_proposed_once_for_what_it_fits_best() -> None:
    found = names.propose(named("Head Organizer", "Organizer"), Mappings({}, {}))

    assert {key: one.name for key, one in found.roles.items()} == {
        RoleKey.HEAD_ORGANIZER: "Head Organizer",
        RoleKey.ORGANIZER: "Organizer",
    }


def test_what_is_mapped_stays_out_of_the_proposals_and_what_is_gone_comes_in() -> None:
    seen = named("Organizer", "Muted")

    found = names.propose(seen, Mappings({RoleKey.ORGANIZER: RoleId(50), RoleKey.MUTED: RoleId(999)}, {}))

    assert list(found.roles) == [RoleKey.MUTED]


def test_no_role_with_power_is_proposed_for_the_many_community_w14() -> None:
    strong = guild(roles=[*guild().roles[:2], role(RoleId(50), "Verified", 1, Permission.BAN_MEMBERS)])

    assert not names.propose(strong, Mappings({}, {})).roles


def test_the_mark_of_proposals_tells_other_ones_apart() -> None:
    one, other = (names.propose(named(name), Mappings({}, {})).mark for name in ("Organizer", "Moderator"))

    assert one != other


NOTHING: list[Wanted] = []
SOMETHING = [Wanted(Kind.ROLE, "team", "Team")]


@pytest.mark.parametrize(
    ("proposed", "missing", "skipped", "step"),
    [
        (["Organizer"], SOMETHING, [], Step.USE),
        (["Organizer"], SOMETHING, [Step.USE], Step.CREATE),
        ([], SOMETHING, [], Step.CREATE),
        ([], SOMETHING, [Step.CREATE], Step.CHECK),
        (["Organizer"], NOTHING, [Step.USE], Step.CHECK),
        ([], NOTHING, [], Step.CHECK),
    ],
)
def test_what_there_is_and_what_was_skipped_decide_the_step(
    proposed: list[str], missing: list[Wanted], skipped: list[Step], step: Step
) -> None:
    found = names.propose(named(*proposed), Mappings({}, {}))

    assert steps.step(found, missing, skipped) is step


def test_a_bare_server_lacks_every_role_and_every_channel() -> None:
    found = steps.missing(guild(channels=[], roles=guild().roles[:2]), Mappings({}, {}))

    assert [one.key for one in found if one.kind is Kind.ROLE] == list(RoleKey)
    assert {one.key for one in found if one.kind is Kind.CHANNEL} == set(ChannelKey)
    assert [one.name for one in found if one.kind is Kind.CATEGORY] == ["Welcome", "Raiding", "Raid Staff"]


def test_a_channel_of_staff_is_closed_to_all_others_and_open_to_the_bot() -> None:
    mapped = Mappings({RoleKey.VERIFIED_RAIDER: VERIFIED, RoleKey.SECURITY: BOSS}, {})
    place = steps.place_of(ChannelKey.MODMAIL)

    channel = ChannelSeen(ChannelId(99), "modmail", steps.overwrites(guild(), place, mapped))

    assert not guild().holders_may(channel) & Permission.VIEW_CHANNEL
    assert not guild().holders_may(channel, [VERIFIED]) & Permission.VIEW_CHANNEL
    assert guild().holders_may(channel, [BOSS]) & READS == READS
    assert guild().bot_may(channel) & Permission.SEND_MESSAGES


@pytest.mark.parametrize("place", PLACES, ids=[one.name for one in PLACES])
def test_no_channel_that_is_created_has_anything_to_mend(place: Place) -> None:
    mapped = Mappings({RoleKey.VERIFIED_RAIDER: VERIFIED, RoleKey.SUSPENDED: SUSPENDED, RoleKey.ORGANIZER: BOSS}, {})
    made = ChannelSeen(ChannelId(99), "made", steps.overwrites(guild(), place, mapped))

    held = configured(channels={"raid": RAID, "raid_log": RAID, str(place.key): made.id})

    assert sentences(guild(channels=[*guild().channels, made]), held, Level.PROBLEM) == ""
    assert not guild().holders_may(made, [VERIFIED]) & Permission.SEND_MESSAGES


def test_overwrites_name_nothing_that_the_bot_may_not_do_itself() -> None:
    weak = with_role(role(BOT_ROLE, "Bot", 5, READS))

    found = steps.overwrites(weak, steps.place_of(ChannelKey.RAID), Mappings({RoleKey.ORGANIZER: BOSS}, {}))

    assert all((one.allow | one.deny) & ~READS == 0 for one in found)


def test_a_category_that_is_there_under_a_decorated_name_is_used() -> None:
    there = ChannelSeen(ChannelId(77), "── RAIDING ──", kind=ChannelKind.CATEGORY)

    assert steps.category_like(guild(channels=[there]), "Raiding") == 77
    assert steps.category_like(guild(channels=[there]), "Welcome") is None
