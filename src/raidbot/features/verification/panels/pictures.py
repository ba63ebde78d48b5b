"""Screenshots on their way: taken from a form or a private thread, and kept as messages of ours."""

import contextlib
from dataclasses import dataclass
from typing import Self

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.files import Upload, fetch_picture, given_picture
from raidbot.bot.hearing import Ears
from raidbot.bot.panels import Evidence, Notice, Subject, only
from raidbot.bot.pictures import Pictures, Stands
from raidbot.bot.presses import Press
from raidbot.bot.reading import reads_files, reply
from raidbot.bot.replies import Answer
from raidbot.core.errors import Refusal
from raidbot.core.ids import ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId
from raidbot.core.text import shown
from raidbot.features.guild_config.model import Unmapped
from raidbot.features.verification.api import tickets as api
from raidbot.features.verification.model.config import SHOT, Words
from raidbot.features.verification.model.sessions import AlreadyVerified, Mine, NothingStarted, SuspendedMember
from raidbot.features.verification.model.tickets import CannotOpenThread, NotGivenOut, OnItsWay
from raidbot.features.verification.panels import screens
from raidbot.features.verification.panels.buckets import FORM, METHOD, THREAD, UPLOAD
from raidbot.features.verification.panels.purposes import FOR, ending, role_of

HOW = (
    "Your whole game, in full size, standing in your vault.",
    "Your IGN can be read, and your Discord name stands in the chat.",
)
"""What a screenshot has to show where the guild says nothing else."""

HOW_FOR_ROLE = ("Your whole game, in full size, so that staff can see that you have earned it.",)
"""The same where it is for a role."""


@button(r"verify:manual" + FOR, bucket=METHOD)
async def explain(press: Press) -> Answer:
    """Tell what a screenshot has to show, and offer both ways to send one."""
    manual = await press.ask(api.ask_manual, api.AskManual(press.guild_id, role_of(press)))
    what = f"<@&{manual.role_id}>" if manual.role_id else shown(manual.ign)
    return Answer(view=asking(f"### 📷 A screenshot for {what}", manual.words, manual.role_id))


def asking(head: str, words: Words, role_id: RoleId | None) -> discord.ui.LayoutView:
    """Draw what a screenshot has to show, with both ways to send one."""
    how = HOW_FOR_ROLE if role_id else HOW
    lines = [words.text] if words.text else [f"• {one}" for one in how]
    parts: list[discord.ui.Item[discord.ui.LayoutView]] = [look.text(head, *lines)]
    if words.image_url:
        parts.append(discord.ui.MediaGallery(discord.MediaGalleryItem(words.image_url)))
    other = look.button("Use a thread", "verify:thread" + ending(role_id))
    return look.sheet(
        *parts,
        look.row(look.button("Send picture", "verify:upload" + ending(role_id), look.PRIMARY), other),
        look.text("-# Cannot choose a file, or want to paste? Use a thread: only you and staff see it."),
    )


@form_button(r"verify:upload" + FOR, bucket=UPLOAD)
async def ask_picture(press: Press) -> discord.ui.Modal:
    """Open the form that takes a picture."""
    modal = discord.ui.Modal(title="Screenshot", custom_id="verify:uploaded" + ending(role_of(press)))
    upload = discord.ui.FileUpload[discord.ui.Modal](custom_id="screenshot", min_values=1, max_values=1)
    modal.add_item(discord.ui.Label(text="Your screenshot", description="PNG, JPEG or WEBP, 10 MiB", component=upload))
    return modal


@form(r"verify:uploaded" + FOR, bucket=FORM)
async def take_picture(press: Press) -> Answer:
    """Keep the picture that was uploaded, and tell where its member stands in line."""
    return screens.answer(await give_picture(press, press.files, role_of(press)))


@button(r"verify:thread" + FOR, bucket=THREAD)
async def open_thread(press: Press) -> Answer:
    """Open a private thread in which a picture can be pasted."""
    role_id = role_of(press)
    manual = await press.ask(api.ask_manual, api.AskManual(press.guild_id, role_id))
    if manual.thread_id is None or await _is_gone(press, manual.thread_id):
        thread_id = await _new_thread(press, manual.ign or press.member.name)
        ask = api.OpenedThread(guild_id=press.guild_id, thread_id=thread_id, role_id=role_id)
        manual = await press.ask(api.opened_thread, ask)
        said = look.sheet(look.text(f"<@{press.user_id}> paste or upload your screenshot here. It is all I need."))
        await press.painter.tell(Notice(thread_id, said, f"thread-{thread_id}", only(press.user_id)))
    return Answer(f"Your thread: <#{manual.thread_id}>. Paste the picture there; it vanishes after the decision.")


async def _is_gone(press: Press, thread_id: ChannelId) -> bool:
    """Tell whether somebody deleted a thread that is on record; it is forgotten then."""
    try:
        await press.guild.fetch_channel(thread_id)
    except discord.NotFound:
        await press.backend.call(api.forget_thread, api.ForgetThread(press.guild_id, thread_id))
        return True
    except discord.HTTPException:  # it may be there all the same
        return False
    return False


async def _new_thread(press: Press, ign: str) -> ChannelId:
    channel = press.guild.get_channel(press.channel_id)
    if not isinstance(channel, discord.TextChannel):
        raise CannotOpenThread("I cannot open a thread here. Press Send picture instead.")
    try:
        thread = await channel.create_thread(
            name=f"Screenshot {ign}", type=discord.ChannelType.private_thread, invitable=False
        )
        await thread.add_user(press.member)
    except discord.Forbidden:
        raise CannotOpenThread(
            "I may not open private threads here. Press Send picture instead, or ask staff to let me create them."
        ) from None
    return ChannelId(thread.id)


@reads_files
async def take_pasted_picture(press: Press) -> None:
    """Keep the picture that a member pasted into their own thread, once, whoever of this process sees it first."""
    if press.key in pasted:
        return
    pasted[press.key] = None
    if len(pasted) > MOST_PASTED:
        pasted.pop(next(iter(pasted)))
    try:
        await _take_pasted(press)
    except BaseException:
        pasted.pop(press.key, None)  # it is looked at again with the next comparison
        raise


pasted: dict[int, None] = {}
"""The messages that this process has looked at, the latest last."""

MOST_PASTED = 1000

LOOKED_BACK = 20
"""So many messages of a thread are looked at for a picture that nobody has answered."""


async def read_missed(ears: Ears, guild: discord.Guild) -> None:
    """Take the pictures that members pasted into their threads while nobody listened, or nobody could answer."""
    found = await ears.backend.call(api.open_threads, api.OpenThreads(GuildId(guild.id)))
    for one in found.threads:
        thread, member = guild.get_thread(one.thread_id), guild.get_member(one.user_id)
        if thread is None or member is None or seen_until.get(thread.id) == thread.last_message_id:
            continue
        last = thread.last_message_id
        with contextlib.suppress(discord.NotFound, discord.Forbidden):
            message = await _unanswered(thread, member)
            if message is not None:
                await take_pasted_picture(_as_press(ears, member, message))
            seen_until[thread.id] = last
    for gone in seen_until.keys() - {int(one.thread_id) for one in found.threads}:
        if guild.get_thread(gone) is None:
            del seen_until[gone]


seen_until: dict[int, int | None] = {}
"""Of each open thread the last message when it was looked at, so that it is read only if there is a newer one."""


async def _unanswered(thread: discord.Thread, member: discord.Member) -> discord.Message | None:
    """Return the newest message with files of a member that stands below all that we said there."""
    async for message in thread.history(limit=LOOKED_BACK):
        if message.author.id == thread.guild.me.id:
            return None
        if message.author.id == member.id and message.attachments:
            return message
    return None


def _as_press(ears: Ears, member: discord.Member, message: discord.Message) -> Press:
    return Press(
        backend=ears.backend,
        painter=ears.painter,
        pictures=ears.pictures,
        guild=member.guild,
        member=member,
        channel_id=ChannelId(message.channel.id),
        key=InteractionId(message.id),
        files=tuple(Upload.of(one) for one in message.attachments),
        message_id=MessageId(message.id),
    )


async def _take_pasted(press: Press) -> None:
    found = await press.backend.call(api.find_thread, api.FindThread(press.guild_id, press.channel_id))
    thread = next((one for one in found.threads if one.user_id == press.user_id), None)
    if thread is None:
        return
    try:
        await give_picture(press, press.files, thread.role_id)
        again = "Request role" if thread.role_id else "Get verified"
        said = f"✅ Staff look at it. Press {again} to see where you stand."
    except Refusal as refused:
        said = refused.sentence
    await reply(press, said)


BUTTON = "verify:shot"
"""How the custom id of the button below a picture begins."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the button below a picture says of it, so that it is known whatever was killed."""

    key: int
    """The press, or the message, by which it was given."""
    given_by: UserId
    role_id: RoleId | None
    """The role that it is for; None: being verified."""

    @classmethod
    def read(cls, custom_id: str) -> Self:
        """Return what a button says."""
        _, _, key, given_by, *role = custom_id.split(":")
        return cls(int(key), UserId(int(given_by)), RoleId(int(role[0])) if role else None)

    @property
    def custom_id(self) -> str:
        """The custom id of the button."""
        return f"{BUTTON}:{self.key}:{self.given_by}" + ending(self.role_id)


async def give_picture(press: Press, files: tuple[Upload, ...], role_id: RoleId | None) -> Mine:
    """Keep a picture as a message of ours where staff review, and put its member in line.

    Raises:
        Refusal: the member may send none, it is no picture, or there is no place for it.
    """
    manual = await press.ask(api.ask_manual, api.AskManual(press.guild_id, role_id))
    picture = await fetch_picture(given_picture(files))
    mark = Mark(press.key, press.user_id, role_id)
    filename = f"screenshot-{mark.key}.{picture.suffix}"
    drawn = _drawn(mark, manual.ign, filename)
    evidence = Evidence(manual.channel_id, drawn, filename, picture.data, f"veri-{mark.key}")

    async def write_down(where: Stands) -> Mine:
        return await _write_down(press.backend, press.guild_id, mark, where)

    return await press.pictures.keep(Subject(press.guild_id, SHOT, mark.key), evidence, write_down)


def _drawn(mark: Mark, ign: str, filename: str) -> discord.ui.LayoutView:
    picture = discord.ui.MediaGallery[discord.ui.LayoutView](discord.MediaGalleryItem(f"attachment://{filename}"))
    what = f"<@&{mark.role_id}> for {shown(ign)}".removesuffix(" for ") if mark.role_id else f"**{shown(ign)}**"
    return look.sheet(
        look.text(f"📷 {what} — <@{mark.given_by}> (`{mark.given_by}`)"),
        picture,
        look.row(look.button("Decide", mark.custom_id)),
    )


async def find_lost_pictures(backend: Backend, pictures: Pictures, guild_id: GuildId) -> None:
    """Write down the pictures that a process posted before it was killed."""

    async def write_down(custom_id: str, where: Stands) -> None:
        with contextlib.suppress(AlreadyVerified, NothingStarted, NotGivenOut, OnItsWay, SuspendedMember, Unmapped):
            await _write_down(backend, guild_id, Mark.read(custom_id), where)

    await pictures.find_lost(guild_id, SHOT, BUTTON, write_down)


async def _write_down(backend: Backend, guild_id: GuildId, mark: Mark, where: Stands) -> Mine:
    ask = api.GiveEvidence(
        guild_id=guild_id, channel_id=where.channel_id, message_id=where.message_id, role_id=mark.role_id
    )
    return await backend.call(api.give_evidence, ask, actor=mark.given_by, key=InteractionId(mark.key))
