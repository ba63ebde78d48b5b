"""Components of messages: what may stand where, how many, how long. docs: Component Reference."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from discord_loopback.errors import Path, Problems
from discord_loopback.model import Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL, FILE_UPLOAD = 17, 18, 19
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23

SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
IN_ROW = (BUTTON, *SELECTS)
INTERACTIVE = (BUTTON, *SELECTS)
IN_CONTAINER = (ROW, TEXT_DISPLAY, SECTION, GALLERY, SEPARATOR, FILE)
IN_V2_MESSAGE = (*IN_CONTAINER, CONTAINER)

MOST_ROWS, MOST_IN_ROW, MOST_IN_V2, MOST_TEXT_IN_V2 = 5, 5, 40, 4000
CUSTOM_ID, LABEL_TEXT, PLACEHOLDER, OPTIONS, OPTION_TEXT, GALLERY_ITEMS, SECTION_TEXTS = 100, 80, 150, 25, 100, 10, 3
LINK, PREMIUM = 5, 6
LINK_LENGTH, ALT_TEXT, COLOR = 512, 1024, 0xFFFFFF
STYLES = range(1, 7)


def walk(components: list[Json]) -> Iterator[Json]:
    """Go through components and all that they contain."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if inner := component.get(key):
                yield from walk([inner])


def find(components: list[Json], custom_id: str) -> Json | None:
    """Return the component with this custom id."""
    return next((each for each in walk(components) if each.get("custom_id") == custom_id), None)


def number(components: list[Json]) -> None:
    """Give every component without an id the next free one. docs: Component Reference, Anatomy of a Component."""
    taken = {each["id"] for each in walk(components) if each.get("id")}
    free = 1
    for component in walk(components):
        if not component.get("id"):
            while free in taken:
                free += 1
            component["id"] = free
            taken.add(free)


def link(problems: Problems, path: Path, text: str, schemes: tuple[str, ...]) -> None:
    """Check an address."""
    scheme, _, rest = text.partition("://")
    if scheme not in schemes:
        listed = ", ".join(f"'{each}'" for each in schemes)
        problems.add(path, "URL_TYPE_INVALID_SCHEME", f'Scheme "{scheme}" is not supported. Scheme must be ({listed}).')
    elif not rest or " " in text:
        problems.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


@dataclass
class Checker:
    """Goes through components and notes what Discord would refuse."""

    problems: Problems
    files: frozenset[str] = frozenset()
    custom_ids: set[str] = field(default_factory=set[str])
    text: int = 0

    def message(self, components: Any, *, v2: bool) -> None:
        """Check the components of a message."""
        path: Path = ("components",)
        if not isinstance(components, list):
            self.problems.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        if not v2 and len(components) > MOST_ROWS:
            self.problems.length(path, components, 0, MOST_ROWS)
        for index, component in enumerate(components):
            self.one((*path, index), component, IN_V2_MESSAGE if v2 else (ROW,))
        if v2:
            self._totals(path, components)

    def _totals(self, path: Path, components: list[Json]) -> None:
        if not components:
            self.problems.required(path)
        # docs: Component Reference, "allows up to 40 total components"
        if sum(1 for _ in walk(components)) > MOST_IN_V2:
            self.problems.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "Maximum of 40 components allowed")
        # docs: Component Reference, Text Display: 4000 characters over all of a message
        if self.text > MOST_TEXT_IN_V2:
            self.problems.add(
                path,
                "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
                f"Component displayable text exceeds maximum size of {MOST_TEXT_IN_V2}",
            )

    def one(self, path: Path, component: Any, allowed: tuple[int, ...]) -> None:
        """Check a component and what it contains."""
        kind = component.get("type") if isinstance(component, dict) else None
        if kind not in allowed:
            listed = ", ".join(str(each) for each in allowed)
            self.problems.add(
                (*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({listed}).'
            )
            return
        check = CHECKS.get(kind)
        if check is not None:
            check(self, path, component)

    def row(self, path: Path, component: Json) -> None:
        """Check an action row: up to five buttons, or one select."""
        inner = component.get("components") or []
        self.problems.length((*path, "components"), inner, 1, MOST_IN_ROW)
        for index, each in enumerate(inner):
            self.one((*path, "components", index), each, IN_ROW)
        if len(inner) > 1 and any(each.get("type") in SELECTS for each in inner):
            self.problems.add(
                (*path, "components"),
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            )

    def custom_id(self, path: Path, component: Json) -> None:
        """Check that a custom id is there, short enough and used once."""
        custom_id = component.get("custom_id")
        if not custom_id:
            self.problems.required((*path, "custom_id"))
            return
        self.problems.length((*path, "custom_id"), custom_id, 1, CUSTOM_ID)
        if custom_id in self.custom_ids:
            self.problems.add(
                (*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self.custom_ids.add(custom_id)

    def button(self, path: Path, component: Json) -> None:
        """Check a button. docs: Component Reference, Button."""
        style = component.get("style")
        if style not in STYLES:
            self.problems.add(
                (*path, "style"), "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(str, STYLES))}}}."
            )
            return
        if style == LINK:
            self.address(path, component)
        elif style != PREMIUM:
            self.custom_id(path, component)
        if label := component.get("label"):
            self.problems.length((*path, "label"), label, 0, LABEL_TEXT)
        elif not component.get("emoji") and style != PREMIUM:
            self.problems.add((*path, "label"), "BUTTON_COMPONENT_MISSING_LABEL", "A label or emoji is required")

    def address(self, path: Path, component: Json) -> None:
        """Check where a button leads. docs: Component Reference, Button: a link has no custom id."""
        url = component.get("url")
        if component.get("custom_id"):
            self.problems.add(
                (*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "Links have no custom_id"
            )
        if not url:
            self.problems.add((*path, "url"), "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
            return
        self.problems.length((*path, "url"), url, 1, LINK_LENGTH)
        link(self.problems, (*path, "url"), str(url), ("http", "https", "discord"))

    def select(self, path: Path, component: Json) -> None:
        """Check a menu. docs: Component Reference, String Select."""
        self.custom_id(path, component)
        if component.get("placeholder"):
            self.problems.length((*path, "placeholder"), component["placeholder"], 0, PLACEHOLDER)
        least, most = component.get("min_values", 1), component.get("max_values", 1)
        if not 0 <= least <= OPTIONS or not 1 <= most <= OPTIONS or least > most:
            self.problems.add(
                (*path, "max_values"), "NUMBER_TYPE_MAX", "int value should be between min_values and 25."
            )
        if component["type"] == STRING_SELECT:
            self.options((*path, "options"), component.get("options") or [], most)

    def options(self, path: Path, options: list[Json], most: int) -> None:
        """Check the options of a menu of texts."""
        self.problems.length(path, options, 1, OPTIONS)
        if options and most > len(options):
            self.problems.add(path, "SELECT_COMPONENT_MAX_VALUES", "max_values exceeds the number of options")
        seen: set[str] = set()
        for index, option in enumerate(options):
            for key in ("label", "value"):
                self.problems.length((*path, index, key), option.get(key) or "", 1, OPTION_TEXT)
            if option.get("description"):
                self.problems.length((*path, index, "description"), option["description"], 0, OPTION_TEXT)
            if option.get("value") in seen:
                self.problems.add(
                    (*path, index, "value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
            seen.add(str(option.get("value")))

    def display(self, path: Path, component: Json) -> None:
        """Check a text display and count its characters."""
        content = component.get("content") or ""
        self.problems.length((*path, "content"), content, 1, MOST_TEXT_IN_V2)
        self.text += len(content)

    def section(self, path: Path, component: Json) -> None:
        """Check a section: up to three texts and a thing beside them."""
        inner = component.get("components") or []
        self.problems.length((*path, "components"), inner, 1, SECTION_TEXTS)
        for index, each in enumerate(inner):
            self.one((*path, "components", index), each, (TEXT_DISPLAY,))
        if component.get("accessory") is None:
            self.problems.required((*path, "accessory"))
        else:
            self.one((*path, "accessory"), component["accessory"], (BUTTON, THUMBNAIL))

    def container(self, path: Path, component: Json) -> None:
        """Check a container."""
        inner = component.get("components") or []
        if not inner:
            self.problems.required((*path, "components"))
        if not 0 <= (component.get("accent_color") or 0) <= COLOR:
            self.problems.add(
                (*path, "accent_color"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {COLOR}."
            )
        for index, each in enumerate(inner):
            self.one((*path, "components", index), each, IN_CONTAINER)

    def separator(self, path: Path, component: Json) -> None:
        """Check a separator."""
        if component.get("spacing", 1) not in (1, 2):
            self.problems.add((*path, "spacing"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")

    def gallery(self, path: Path, component: Json) -> None:
        """Check a media gallery."""
        items = component.get("items") or []
        self.problems.length((*path, "items"), items, 1, GALLERY_ITEMS)
        for index, item in enumerate(items):
            self.media((*path, "items", index, "media"), item.get("media"))
            self.described((*path, "items", index), item)

    def thumbnail(self, path: Path, component: Json) -> None:
        """Check the picture beside a section."""
        self.media((*path, "media"), component.get("media"))
        self.described(path, component)

    def described(self, path: Path, thing: Json) -> None:
        """Check what stands for a picture."""
        if thing.get("description"):
            self.problems.length((*path, "description"), thing["description"], 0, ALT_TEXT)

    def file(self, path: Path, component: Json) -> None:
        """Check a file, which must be one that was sent along."""
        file = component.get("file")
        self.media((*path, "file"), file)
        # docs: Component Reference, File: "only supports attachment references"
        url = file.get("url") if isinstance(file, dict) else None
        if url and not any(url.partition("?")[0].endswith("/" + each) for each in self.files):
            link(self.problems, (*path, "file", "url"), url, ("attachment",))

    def media(self, path: Path, media: Any) -> None:
        """Check an address; one that means a file of this message must name one that is there."""
        url = media.get("url") if isinstance(media, dict) else None
        if not url:
            self.problems.required((*path, "url"))
        elif url.startswith("attachment://") and url.removeprefix("attachment://") not in self.files:
            self.problems.add(
                (*path, "url"),
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                "The referenced attachment was not found",
            )
        else:
            link(self.problems, (*path, "url"), url, ("http", "https", "attachment"))


Check = Callable[[Checker, Path, Json], None]
CHECKS: dict[int, Check] = {
    ROW: Checker.row,
    BUTTON: Checker.button,
    **dict.fromkeys(SELECTS, Checker.select),
    SECTION: Checker.section,
    TEXT_DISPLAY: Checker.display,
    THUMBNAIL: Checker.thumbnail,
    GALLERY: Checker.gallery,
    FILE: Checker.file,
    SEPARATOR: Checker.separator,
    CONTAINER: Checker.container,
}
