"""The script: its steps in their order, and what cannot be tried.

Those that wait for long begin first, so that the others fit into their waiting. One test compares both lists with the
pages of docs/reference, so that no rule that is to confirm is forgotten.
"""

from raidbot.core.permissions import Permission
from raidbot.rehearsal.model import Step
from raidbot.rehearsal.script import access, gateway, messages, presses, realmeye

BASE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_ROLES
    | Permission.CREATE_PUBLIC_THREADS
)
"""What the scenery is built with, and what it denies others: one can only deny what one may."""

LOOPBACK, REALMEYE = "loopback.md", "local-realmeye.md"
"""Pages of docs/reference with rules that are to confirm."""

STEPS = (
    Step(
        name="old-edits",
        rule="Messages older than an hour: 3 edits in 6 s of a channel, 429 with 30046",
        work=messages.old_edits,
    ),
    Step(
        name="token-life",
        rule="Tokens live 15 minutes on the shifted clock, then 401 with 50027",
        work=presses.tokens_live,
        person=True,
    ),
    Step(
        name="nonce",
        rule="`nonce` with `enforce_nonce` answers the earlier message for 5 minutes",
        work=messages.nonce,
    ),
    Step(
        name="heartbeats",
        rule="A missed heartbeat closes the line and leaves the session to be resumed",
        work=gateway.missed_heartbeats,
    ),
    Step(
        name="follow-ups",
        rule="30 follow-ups in 60 s of a channel",
        work=presses.follow_ups,
        person=True,
    ),
    Step(
        name="before-any-answer",
        rule="Follow-ups and edits before any answer: 404 with 10015",
        work=presses.before_any_answer,
        person=True,
    ),
    Step(
        name="first-follow-up",
        rule="The first follow-up after a deferral replaces it; that is not an edit",
        work=presses.first_follow_up,
        person=True,
    ),
    Step(
        name="replies",
        rule="Answers to components are replies to their message",
        work=presses.answers_are_replies,
        person=True,
    ),
    Step(
        name="private-messages",
        rule="Own private messages are told with DIRECT_MESSAGES, without guild and member",
        work=presses.private_messages_go_silently,
        person=True,
    ),
    Step(
        name="timed-out",
        rule="Members who are timed out cannot press or choose",
        work=presses.timed_out_cannot_press,
        needs=Permission.TIMEOUT_MEMBERS,
        person=True,
    ),
    Step(
        name="hidden-or-forbidden",
        rule="50001 where a channel cannot be seen, else 50013",
        work=access.hidden_or_forbidden,
        not_as_administrator=True,
    ),
    Step(
        name="embeds",
        rule="Embeds without EMBED_LINKS are refused for bots",
        work=access.embeds_forbidden,
        not_as_administrator=True,
    ),
    Step(
        name="links-and-colors",
        rule="Links have a known scheme; colors are six hex digits",
        work=messages.codes_of_links_and_colors,
    ),
    Step(
        name="link-life",
        rule="Links of files are signed, live a day, and are new in all that is read",
        work=messages.links_live_a_day,
    ),
    Step(
        name="new-links",
        rule="Expired links are made new in fifties",
        work=messages.links_made_new,
    ),
    Step(
        name="file-in-embed",
        rule="A file that an embed shows is no attachment beside it",
        work=messages.file_in_embed,
    ),
    Step(
        name="command-ids",
        rule="A command that comes anew by its name keeps its id and answers 200, a new one 201; 200 new ones a day",
        work=access.commands_keep_ids,
    ),
    Step(
        name="command-permissions",
        rule="Bots cannot set permissions of commands: 20001",
        work=access.permissions_of_commands,
    ),
    Step(
        name="budgets",
        rule="5 messages and 5 edits in 5 s of a channel; 10 role changes in 10 s of a guild",
        work=messages.budgets,
    ),
    Step(
        name="reactions",
        rule="1 reaction in 0.25 s of a channel",
        work=messages.reaction_budget,
        needs=Permission.ADD_REACTIONS,
    ),
    Step(
        name="webhooks",
        rule="5 in 2 s for each route of a webhook or an interaction's token",
        work=messages.webhook_budget,
        needs=Permission.MANAGE_WEBHOOKS,
    ),
    Step(
        name="webhook-everyone",
        rule="What webhooks post may mention everyone",
        work=access.webhooks_mention_everyone,
        needs=Permission.MANAGE_WEBHOOKS,
    ),
    Step(
        name="hidden-channels",
        rule="Channels that the bot cannot see are told of, what happens in them is not",
        work=access.hidden_channels,
        not_as_administrator=True,
        needs=Permission.MANAGE_WEBHOOKS,
    ),
    Step(
        name="own-threads",
        rule="Threads: created, also for who is added to a private one; members come and go; one's own membership",
        work=gateway.own_threads,
    ),
    Step(
        name="members-intent",
        rule="Everyone needs GUILD_MEMBERS, presences GUILD_PRESENCES",
        work=gateway.nobody_without_intent,
    ),
    Step(
        name="taken-over",
        rule="Whoever resumes a session takes it from the line that holds it",
        work=gateway.taken_over,
    ),
    Step(
        name="renames",
        rule="Two renames in 10 minutes of a channel, with scope `shared`",
        work=messages.renames,
    ),
    Step(
        name="emojis",
        rule="50 new emojis in an hour, with scope `shared`",
        work=messages.emojis,
        costs="It makes 51 emojis of the application and deletes them; for an hour it may then make no others.",
    ),
    Step(
        name="realmeye-page",
        rule="Pages end with `</html>` or close all their boxes",
        page=REALMEYE,
        work=realmeye.pages_end,
        person=True,
    ),
    Step(
        name="realmeye-characters",
        rule="Characters in `table.tablesorter`, stats in `.player-stats` as `8/8`; heading *Characters are hidden*",
        page=REALMEYE,
        work=realmeye.every_character,
        person=True,
    ),
    Step(
        name="realmeye-names",
        rule="Name history: rows of name, from, to; *Name history is hidden*; *No name changes detected.*",
        page=REALMEYE,
        work=realmeye.present_name,
        person=True,
    ),
    Step(
        name="realmeye-unknown",
        rule=(
            "Unknown and private players: status 200, heading *Sorry, but we either:*, `ul.player-not-found`, "
            "one page for both"
        ),
        page=REALMEYE,
        work=realmeye.unknown_player,
    ),
)

UNTRIED: dict[str, dict[str, str]] = {
    LOOPBACK: {
        "10,000 refused requests in 10 minutes shut an address out; `shared` ones do not count": (
            "it would shut this machine's address out for an hour or more"
        ),
        "60 new DMs in 10 minutes, then 403 with 40003": (
            "it takes 61 people who never wrote with the bot, and Discord may mark the bot as one that sends spam"
        ),
        "1,000 identifies in a day, told by `GET /gateway/bot`; then all sessions end and the token is reset": (
            "it would reset the token"
        ),
        "Channels and roles of another guild cannot be chosen": (
            "Discord's app offers those of its server alone, so that nobody could choose others"
        ),
        "In several guilds: READY names them, each is introduced by itself, and a new one whenever it comes": (
            "it takes a second server that lets the bot in for the first time meanwhile"
        ),
        ("A rule of AutoMod times out: an entry with the rule's name, without until when, in the member's own name"): (
            "it takes a rule of AutoMod and a second person who breaks it"
        ),
        (
            "Pruning takes whoever was not seen for so many days and has no role but the named ones; "
            "one entry tells how many"
        ): ("it would remove members for good"),
        (
            "Taken out of a guild the bot hears GUILD_DELETE and nothing more, "
            "and reaches nothing there; its messages stay"
        ): ("without the bot in the server the rehearsal could not go on"),
        "Invited again it has a new role, the lowest until somebody drags it up, and no commands": (
            "it takes the bot out first"
        ),
        (
            "An outage is GUILD_DELETE with `unavailable`; requests are 503, READY introduces it later, "
            "and it comes back whole"
        ): ("Discord alone decides when it has one"),
        "Op 7, and the line is closed 5 s later; op 9 that is resumable or not": (
            "Discord alone decides when it says so"
        ),
    },
    REALMEYE: dict.fromkeys(
        (
            "Age as `~6 years and 289 days ago`",
            "Last seen as `2024-01-18 15:15:09`, place and class behind it",
            "Fame can be hidden by itself",
            (
                "Graveyard summary: `.maxed-stats-by-class` with 0/8 to 8/8 and a total, sums in `tfoot`; "
                "*The graveyard of … is hidden*; *No data available yet.*"
            ),
        ),
        "it takes players who show or hide just that; what the backend cannot read it counts as `unreadable`",
    )
    | {
        "403, 429 and `Retry-After` when asked too often": "it would mean to ask RealmEye too often",
    },
}
"""Rules that are to confirm and that no step tries, by their page, each with the reason."""
