"""The RealmEye way, over HTTP on the real database, with a local RealmEye."""

import asyncio
import re

import pytest
from tests.features.verification.made import NEWT, SECURITY, TANSY, Town
from tests.support.backend import ADMIN, GUILD, RAIDER, ROLES, STRANGER
from tests.support.house import until

from raidbot.core.ids import GuildId
from raidbot.core.ranks import RoleKey
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders import api as raiders
from raidbot.features.raiders.model import IgnTaken, InvalidIgn
from raidbot.features.realmeye.model.requirements import Outcome as Met
from raidbot.features.verification.api import sessions as api
from raidbot.features.verification.model.sessions import (
    ANSWERED,
    AlreadyVerified,
    Mine,
    NothingStarted,
    Outcome,
    Stage,
    SuspendedMember,
)
from raidbot.features.watch_list import api as watches
from raidbot.features.watch_list.model import WATCH_HIT, Effect, Suspect
from realmeye_loopback.players import Section
from realmeye_loopback.troubles import Mode

VERIFIED_ROLE = int(ROLES[RoleKey.VERIFIED_RAIDER])
UNTIL_TOLD = 60
"""So many seconds is the site slow unless it is told to be well again."""


async def test_a_code_in_the_description_gives_role_and_nickname_as_realmeye_spells_it(town: Town) -> None:
    begun = await town.begin("newton")
    await town.describe("hi", f"raid code {(begun.code or '').lower()}")

    waiting = await town.look()
    told = await town.answered()

    assert re.fullmatch(r"([A-Z0-9]{4}-){2}[A-Z0-9]{4}", begun.code or "")
    assert waiting.wait is not None
    assert (waiting.wait.place, (waiting.wait.seconds or 0) >= 1) == (1, True)
    assert (told.stage, told.ign) == (Stage.VERIFIED, "Newton")
    assert sorted(await town.chores()) == [("give_role", VERIFIED_ROLE, ""), ("nickname", 0, "Newton")]


async def test_get_verified_shows_the_same_code_each_time_and_another_ign_keeps_it_community_w20(town: Town) -> None:
    nothing = await town.mine()
    begun = await town.begin("newton")
    again = await town.mine()
    corrected = await town.begin("Newtron")

    assert nothing.stage is Stage.NEW
    assert (again.stage, again.code, again.ign) == (Stage.CODE, begun.code, "newton")
    assert (corrected.code, corrected.ign) == (begun.code, "Newtron")


async def test_two_forms_sent_at_once_make_one_attempt_community_w20(town: Town) -> None:
    begun = await asyncio.gather(*(town.begin("Newton") for _ in range(8)))

    assert len({one.code for one in begun}) == 1


async def test_a_code_expires_after_a_day_and_a_new_attempt_is_another_one_community_w21(town: Town) -> None:
    begun = await town.begin("Newton")
    town.served.pass_time(25 * 3600)

    assert (await town.mine()).stage is Stage.NEW
    with pytest.raises(NothingStarted):
        await town.look()
    anew = await town.begin("Newton")
    assert anew.code != begun.code
    assert (await town.mine()).code == anew.code


async def test_each_answer_of_realmeye_says_what_to_do_community_w16(town: Town) -> None:
    begun = await town.begin("Newton")
    unknown = await town.looked()
    await town.describe("nothing here")
    town.served.pass_time(20)
    without_code = await town.looked(looks=2)
    await town.describe(begun.code or "", private=frozenset({Section.PROFILE}))
    town.served.pass_time(20)
    private = await town.looked(looks=3)

    assert [one.outcome for one in (unknown, without_code, private)] == [
        Outcome.UNKNOWN,
        Outcome.NO_CODE,
        Outcome.UNKNOWN,
    ]
    assert await town.chores() == []


async def test_the_page_is_younger_than_the_press(town: Town) -> None:
    begun = await town.begin("Newton")
    await town.describe("nothing here")
    await town.looked()
    await town.describe(begun.code or "")
    town.served.pass_time(1)
    await town.look()
    still = await town.mine()
    town.served.pass_time(20)

    told = await town.answered(looks=2)

    assert still.wait is not None
    assert told.stage is Stage.VERIFIED


async def test_missing_data_is_never_met(town: Town) -> None:
    await town.set("stars", "60")
    await town.set("alive_fame", "2000")
    await town.set("maxed", "3")
    begun = await town.begin("Newton")
    await town.describe(begun.code or "", private=frozenset({Section.FAME}))

    told = await town.looked()

    assert told.outcome is Outcome.NOT_MET
    assert {one.requirement: one.outcome for one in told.checklist} == {
        "stars": Met.MET,
        "alive_fame": Met.CANNOT_TELL,
        "maxed": Met.NOT_MET,
    }
    assert await town.chores() == []
    await town.set("maxed", "2")
    await town.set("alive_fame", None)
    town.served.pass_time(20)
    assert (await town.looked(looks=2)).stage is Stage.VERIFIED


async def test_an_ign_that_somebody_has_is_refused_before_a_code_is_given_community_w5_w27(town: Town) -> None:
    await town.served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, TANSY, "Tansy"), ADMIN)
    await town.served.ask(raiders.add_alt, raiders.AddAlt(GUILD, TANSY, "Newton"), ADMIN)

    for taken in ("TANSY", "newton"):
        with pytest.raises(IgnTaken) as refused:
            await town.begin(taken)
        assert str(int(TANSY)) not in refused.value.sentence
    for spoof in ("New-ton", "N\N{CYRILLIC SMALL LETTER IE}wton", "New ton", "", "Newton1", "a" * 17):
        with pytest.raises(InvalidIgn):
            await town.begin(spoof)


async def test_of_two_who_prove_one_ign_at_once_exactly_one_gets_it_community_w1_w5(town: Town) -> None:
    first, second = await town.begin("Newton", NEWT), await town.begin("NEWTON", TANSY)
    await town.describe(first.code or "", second.code or "")
    await asyncio.gather(town.look(NEWT), town.look(TANSY))

    told = [await town.answered(NEWT), await town.answered(TANSY)]

    assert sorted(one.stage for one in told) == [Stage.CODE, Stage.VERIFIED]
    loser = TANSY if told[0].stage is Stage.VERIFIED else NEWT
    assert told[loser == TANSY].outcome is Outcome.TAKEN
    assert await town.chores(loser) == []


async def test_a_name_that_its_owner_left_behind_is_free_for_who_proves_it_community_b17(town: Town) -> None:
    await town.served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, STRANGER, "Newton"), ADMIN)
    await town.served.mirror(MirroredMember(STRANGER, [], present=False))
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")

    told = await town.looked()

    assert (told.stage, told.ign) == (Stage.VERIFIED, "Newton")


async def test_whoever_is_suspended_is_not_verified_community_w4(town: Town) -> None:
    suspended = ROLES[RoleKey.SUSPENDED]
    await town.served.mirror(MirroredMember(NEWT, [suspended]))
    with pytest.raises(SuspendedMember):
        await town.begin("Newton")
    await town.served.mirror(MirroredMember(NEWT, []))
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")
    await town.realmeye.trouble(Mode.SLOW, seconds=UNTIL_TOLD)
    await town.look()
    await town.served.mirror(MirroredMember(NEWT, [suspended]))
    await town.realmeye.no_trouble()

    told = await town.answered()

    assert told.outcome is Outcome.SUSPENDED
    assert await town.chores() == []


async def test_who_is_verified_already_is_told_so_and_given_back_a_lost_role_community_b13(town: Town) -> None:
    await town.served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, NEWT, "Newton"), ADMIN)

    with pytest.raises(AlreadyVerified):
        await town.begin("Other")
    shown = await town.mine()

    assert (shown.stage, shown.ign) == (Stage.VERIFIED, "Newton")
    assert ("give_role", VERIFIED_ROLE, "") in await town.chores()


async def test_while_realmeye_is_away_the_place_is_kept_and_the_answer_comes_when_it_is_back(town: Town) -> None:
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")
    await town.realmeye.trouble(Mode.STATUS, status=403)
    await town.look()

    async def away() -> Mine | None:
        found = await town.look()
        return found if found.wait is not None and found.wait.away_since is not None else None

    told = await until(away, "the site to be away")
    await town.realmeye.no_trouble()
    town.served.pass_time(3600)
    verified = await town.answered()

    assert told.wait is not None
    assert (told.wait.place, told.wait.seconds) == (1, None)
    assert verified.stage is Stage.VERIFIED


async def test_who_waited_is_called_to_the_answer_and_nobody_reads_it_there(town: Town) -> None:
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")
    await town.looked()

    told = await town.told(ANSWERED)

    assert [(one.channel, one.user_ids, one.body) for one in told] == [("getverified", [int(NEWT)], {"checks": 1})]
    everything = guild_config.SetChannels(GUILD, {ChannelKey.GETVERIFIED: None})
    await town.served.ask(guild_config.set_channels, everything, ADMIN)


async def test_a_check_in_one_guild_says_nothing_in_another_community_w3(town: Town) -> None:
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")

    with pytest.raises(NothingStarted):
        await town.served.ask(api.look, api.Look(GuildId(701)), NEWT)
    told = await town.looked()

    assert told.stage is Stage.VERIFIED
    elsewhere = await town.served.ask(api.open_mine, api.OpenMine(GuildId(701)), NEWT)
    assert elsewhere.stage is Stage.NEW


async def test_nobody_is_verified_by_asking_the_service_alone_community_w2(town: Town) -> None:
    begun = await town.begin("Newton")
    await town.describe("no code", ign="Newton")
    headers = {"x-actor-id": str(int(NEWT))}
    status, _ = await town.served.raw(
        "POST",
        f"/guilds/{GUILD}/raiders/{NEWT}/verify",
        headers=headers,
        json={"ign": "Newton", "code": begun.code},
    )

    assert status in {400, 403}
    assert (await town.looked()).outcome is Outcome.NO_CODE
    assert await town.chores() == []


async def test_staff_who_verify_by_hand_are_not_overruled_by_a_page_that_comes_later(town: Town) -> None:
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")
    await town.realmeye.trouble(Mode.SLOW, seconds=UNTIL_TOLD)
    await town.look()
    await town.served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, NEWT, "Leibniz"), SECURITY)
    await town.realmeye.no_trouble()

    async def nobody_waits() -> bool:
        async with town.database.transaction() as tx:
            return await tx.value(int, "SELECT count(*) FROM realmeye_request") == 0

    await until(nobody_waits, "the page to be read")

    assert (await town.mine()).ign == "Leibniz"
    assert (await town.mine(RAIDER)).stage is Stage.NEW


@pytest.mark.parametrize("effect", list(Effect))
async def test_whom_the_watch_list_stops_is_left_to_staff_and_not_told_of_it(town: Town, effect: Effect) -> None:
    suspect = Suspect(ign="NEWTON", reason="sold accounts", effect=effect)
    await town.served.ask(watches.add_watch, watches.AddWatch(GUILD, suspect), ADMIN)
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")

    told = await town.looked()

    assert (told.stage is Stage.VERIFIED) is (effect is Effect.ALERT)
    assert told.outcome is (None if effect is Effect.ALERT else Outcome.BY_STAFF)
    assert (await town.chores() != []) is (effect is Effect.ALERT)
    assert [one.body["effect"] for one in await town.told(WATCH_HIT)] == [effect]


@pytest.mark.parametrize("effect", list(Effect))
async def test_a_new_name_does_not_lead_around_the_watch_list_where_realmeye_tells_the_old_one_community_w16(
    town: Town, effect: Effect
) -> None:
    suspect = Suspect(ign="Castle", reason="sold accounts", effect=effect)
    await town.served.ask(watches.add_watch, watches.AddWatch(GUILD, suspect), ADMIN)
    begun = await town.begin("Newton")
    await town.describe(begun.code or "")  # once called Castle, says their page of names

    told = await town.looked()

    assert (told.stage is Stage.VERIFIED) is (effect is Effect.ALERT)
    assert told.outcome is (None if effect is Effect.ALERT else Outcome.BY_STAFF)
    hits = [(one.body["names"], one.body["occasion"]) for one in await town.told(WATCH_HIT)]
    assert hits == [(["Newton", "Castle"], "verify")]


async def test_a_hidden_history_of_names_keeps_nobody_out(town: Town) -> None:
    suspect = Suspect(ign="Castle", reason="sold accounts", effect=Effect.REFUSE)
    await town.served.ask(watches.add_watch, watches.AddWatch(GUILD, suspect), ADMIN)
    begun = await town.begin("Newton")
    await town.describe(begun.code or "", private=frozenset({Section.NAMES}))

    assert (await town.looked()).stage is Stage.VERIFIED


async def test_whom_staff_verify_by_hand_is_told_of_once_realmeye_has_told_the_old_names(town: Town) -> None:
    await town.describe("hello")
    suspect = Suspect(ign="castle", reason="sold accounts")
    await town.served.ask(watches.add_watch, watches.AddWatch(GUILD, suspect), ADMIN)
    await town.served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, NEWT, "Newton"), ADMIN)

    async def hit() -> bool:
        told = await town.told(WATCH_HIT)
        return [(one.body["names"], one.body["occasion"]) for one in told] == [(["Newton", "Castle"], "history")]

    await until(hit, "security to be told")
