"""Staff verify a member by hand: the record first, then what Discord shows."""

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

pytestmark = pytest.mark.journey


async def member(raid: Raid, name: str) -> Json:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    return next(one for one in view["members"] if int(one["id"]) == raid.people[name])


async def test_verifying_gives_role_and_nickname_and_lets_the_raider_join(raid: Raid) -> None:
    told = await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")

    newt = await member(raid, "Newt")
    assert "is verified as **Newtron**" in words(told["message"])
    assert "⚠️" not in words(told["message"])
    assert newt["nick"] == "Newtron"
    await raid.open()
    joined = await raid.press("Newt", await raid.panel("Open"), "Join")
    assert "You are in" in words(joined["message"])


async def test_an_ign_that_somebody_has_is_refused(raid: Raid) -> None:
    await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")

    told = await raid.use("Security Sten", "verify", member=str(raid.people["Rook"]), ign="NEWTRON")

    assert "⚠️" in words(told["message"])
    assert (await member(raid, "Rook"))["nick"] != "NEWTRON"


async def test_what_discord_does_not_allow_is_told_and_done_as_soon_as_it_does(raid: Raid) -> None:
    await raid.hands.faults(fail=[{"route": "PATCH /guilds/*/members/*", "status": 500, "times": 6}])

    told = await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")
    assert "is verified as **Newtron**" in words(told["message"])
    await raid.hands.faults()
    await raid.hands.shift_clock(3600)

    async def named() -> bool:
        return (await member(raid, "Newt"))["nick"] == "Newtron"

    await until(named, "the nickname to be set")


async def log_says(raid: Raid, *says: str) -> None:
    async def found() -> bool:
        shown = await raid.hands.messages(raid.channels["veri-log"], raid.people["Alwyn"])
        return any(all(part in words(one) for part in says) for one in shown)

    await until(found, f"the log to say {says}")


async def looks(raid: Raid, name: str, nick: str | None, *, verified: bool) -> None:
    """Wait until a member has that nickname, and the verified role or not."""
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    role = next(one["id"] for one in view["roles"] if one["name"] == "Verified Raider")

    async def right() -> bool:
        now = await member(raid, name)
        return now["nick"] == nick and (role in now["roles"]) is verified

    await until(right, f"{name} to be called {nick}")


async def test_names_are_corrected_come_back_with_their_owner_and_can_be_taken_over_community_b13_b17(
    raid: Raid,
) -> None:
    newt, rook = (str(raid.people[one]) for one in ("Newt", "Rook"))
    await raid.use("Security Sten", "verify", member=newt, ign="Newtron", reason="saw him in the nexus")
    await log_says(raid, "is verified as **Newtron**", "saw him in the nexus", "By")
    await raid.use("Security Sten", "editname", member=newt, ign="Newton")
    told = await raid.use("Security Sten", "addalt", member=newt, ign="Leibniz")
    assert "also plays as **Leibniz**" in words(told["message"])
    await looks(raid, "Newt", "Newton | Leibniz", verified=True)

    # Away and back: nothing is lost.
    await raid.hands.leave(raid.people["Newt"], raid.house.guild_id)
    await raid.hands.join(raid.people["Newt"], raid.house.guild_id)
    await looks(raid, "Newt", "Newton | Leibniz", verified=True)

    # The role is lost by hand: /verify gives it again.
    await raid.hands.set_roles(raid.house.guild_id, raid.people["Newt"], [])
    await raid.use("Security Sten", "verify", member=newt, ign="Newton")
    await looks(raid, "Newt", "Newton | Leibniz", verified=True)

    told = await raid.use("Security Sten", "unverify", member=newt, reason="sold the account")
    assert "not verified any more" in words(told["message"])
    await looks(raid, "Newt", None, verified=False)

    await raid.use("Security Sten", "verify", member=rook, ign="Rook")
    asked = await raid.use("Security Sten", "addalt", member=rook, ign="leibniz")
    assert "belongs to" in words(asked["message"])
    assert newt in words(asked["message"])
    taken = await raid.press("Security Sten", asked["message"], "Take it over")
    assert "also plays as **leibniz**" in words(taken["message"])
    await looks(raid, "Rook", "Rook | leibniz", verified=True)
    await log_says(raid, "loses the name **leibniz**")
    told = await raid.use("Security Sten", "removealt", member=rook, ign="Leibniz")
    assert "no longer plays" in words(told["message"])
    await old_names_are_found(raid, newt)


async def old_names_are_found(raid: Raid, newt: str) -> None:
    """Let staff look up what Newt was called, by command and below the log, and who had a name of his."""
    by_command = words((await raid.use("Security Sten", "names", member=newt))["message"])
    message = await raid.said("veri-log", "loses the name **leibniz**")
    below = words((await raid.press("Security Sten", message, "All names"))["message"])
    had = words((await raid.use("Security Sten", "names", ign="LEIBNIZ"))["message"])
    neither = words((await raid.use("Security Sten", "names"))["message"])  # NothingNamed

    assert below == by_command
    for part in ("Now: **Newton**, unverified", "is renamed from **Newtron** to **Newton**", "saw him in the nexus"):
        assert part in by_command
    assert "one of the two" in neither
    assert "Nobody has it now." in had
    assert f"<@{newt}> also plays as **Leibniz**" in had


async def test_what_staff_change_by_hand_is_shown_with_their_name_and_put_back(raid: Raid) -> None:
    await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")
    await looks(raid, "Newt", "Newtron", verified=True)

    await raid.hands.nickname(raid.people["Mira"], raid.house.guild_id, raid.people["Newt"], "Mister N")

    message = await raid.said("bot-log", "Mister N")
    assert str(raid.people["Mira"]) in words(message)
    told = await raid.press("Alwyn", message, "Put it back")
    assert "Put back" in words(told["message"])
    await looks(raid, "Newt", "Newtron", verified=True)
    again = await raid.press("Alwyn", message, "Make it the record")
    assert "was put back already" in words(again["message"])


async def shown_by_hand(raid: Raid, *says: str) -> list[Json]:
    """What the log of the bot shows with buttons, of all that says this."""
    told = await raid.hands.messages(raid.channels["bot-log"], raid.people["Alwyn"], limit=100)
    return [one for one in told if "by hand" in words(one) and all(part in words(one) for part in says)]


async def test_what_was_changed_by_hand_while_the_bot_was_away_is_shown_once_and_not_put_right_by_itself(
    raid: Raid,
) -> None:
    newt, rook, mira, alwyn = (raid.people[one] for one in ("Newt", "Rook", "Mira", "Alwyn"))
    await raid.use("Security Sten", "verify", member=str(newt), ign="Newtron")
    await raid.use("Security Sten", "verify", member=str(rook), ign="Rook")
    await looks(raid, "Newt", "Newtron", verified=True)
    await raid.house.kill("bot")

    await raid.hands.change_roles(alwyn, raid.house.guild_id, newt, [])
    await raid.hands.nickname(mira, raid.house.guild_id, rook, "Castle")
    await raid.house.start_bot()
    await until(lambda: shown_by_hand(raid, f"<@{rook}>", "Castle", f"<@{mira}>"), "the nickname to be shown")
    [role] = await until(lambda: shown_by_hand(raid, f"<@{newt}>", f"<@{alwyn}>"), "the role to be shown")
    await raid.house.kill("bot")
    await raid.house.start_bot()

    assert len(await shown_by_hand(raid)) == 2
    await looks(raid, "Newt", "Newtron", verified=False)
    told = await raid.press("Alwyn", role, "Put it back")
    assert "Put back" in words(told["message"])
    await looks(raid, "Newt", "Newtron", verified=True)


async def test_names_are_taken_over_from_a_list_that_is_pasted_after_it_was_looked_at(raid: Raid) -> None:
    newt, rook = raid.people["Newt"], raid.people["Rook"]
    asked = (await raid.use("Alwyn", "forcesync", paste=True))["message"]
    assert "Nobody was found" in words(asked)
    assert "takes a Discord id and an IGN on each line" in words(asked)
    assert list(buttons(asked)) == ["Paste lines", "Drop", "Refresh"]  # nothing can be started yet

    async def paste(lines: str) -> Json:
        form = await raid.press("Alwyn", asked, "Paste lines", wait="first")
        return (await raid.hands.submit(raid.people["Alwyn"], int(form["id"]), {"lines": lines}))["message"]

    assert "I read nobody in it" in words(await paste("Newton"))
    judged = await paste(f"id ign\n{newt} Newton\nTansy\n<@{rook}>, R00k")
    assert "1 line was not read, for want of a Discord id: “Tansy”" in words(judged)
    assert "1 to be verified" in words(judged)
    assert "1 without a readable IGN" in words(judged)
    await looks(raid, "Newt", None, verified=False)
    await raid.press("Alwyn", judged, "Start")
    await looks(raid, "Newt", "Newton", verified=True)
