"""What members and staff are to see on their phones, and how soon."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Look:
    """Something to do, and what must then be seen."""

    name: str
    do: str
    see: str
    within_s: int

    @property
    def sentence(self) -> str:
        """What stands in the report."""
        return f"{self.do} Then: {self.see} (within {self.within_s} s)"


LOOKS = (
    Look(
        name="setup",
        do="As the server's owner, type /setup in any channel.",
        see="a message that only you see names the step you are at, with buttons to go on.",
        within_s=2,
    ),
    Look(
        name="setup-done",
        do="Follow its steps to the end.",
        see="step 3 of 3 says what to do next, and names /run.",
        within_s=5,
    ),
    Look(
        name="verify-button",
        do="With your second account, on a phone, press Get verified where newcomers read.",
        see="a form asks for your name in the game.",
        within_s=2,
    ),
    Look(
        name="verify-code",
        do="Send the form with your name.",
        see="a private message shows a code, and says where on RealmEye it belongs. Nothing is cut off.",
        within_s=2,
    ),
    Look(
        name="verified",
        do="Put the code into your RealmEye description, wait a minute, and press Check.",
        see="you are told that you are verified, or first your place in the line; role and nickname follow.",
        within_s=30,
    ),
    Look(
        name="run",
        do="As organizer, type /run and choose Lost Halls.",
        see="your private panel appears, and a panel with Join in the raid channel.",
        within_s=3,
    ),
    Look(
        name="join",
        do="With the second account, press Join.",
        see="a private card says that you are in, and the panel counts one raider.",
        within_s=3,
    ),
    Look(
        name="start",
        do="On the organizer's panel press Start.",
        see="the panel in the raid channel shows that the run is live, and whoever joined is called.",
        within_s=3,
    ),
    Look(
        name="pop",
        do="Press Key popped.",
        see="the panel counts the pop, and for a moment whoever joins still counts for it.",
        within_s=3,
    ),
    Look(
        name="end",
        do="Press End, and do what it asks.",
        see="the panel in the raid channel says how it went, and its Join is gone.",
        within_s=5,
    ),
    Look(
        name="inbox",
        do="Switch direct messages of this server off for the second account, and let staff deny a screenshot of its.",
        see="a mention in the notices channel calls it, and My messages and /inbox show the letter to it alone.",
        within_s=10,
    ),
    Look(
        name="old-button",
        do="Press Join on the panel of the run that ended, if it is still there, or any older button.",
        see="a private sentence says what is the matter and what to do. Never 'This interaction failed'.",
        within_s=2,
    ),
    Look(
        name="stopped",
        do="Stop the bot, press a button, and start the bot again.",
        see="after the start the same button answers, and the panels show what is on record.",
        within_s=60,
    ),
)
