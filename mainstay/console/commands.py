"""What the palette can do beside going to tickets: commands of the whole desk, and what the open page can do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from django.urls import reverse

from mainstay.clocks.filters import FIELDS
from mainstay.console import keymap
from mainstay.console.acts import ACTS
from mainstay.core.naming import BY_LETTERS, Fit, fit
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Person, StaffRole
from mainstay.screens.looks import THEMES

ADMINISTRATOR = StaffRole.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Command:
    """One option: it leads to `href`, or posts `value` as `field` to `post`, or does what the page itself can do.

    `also` are further words by which it is found.
    """

    name: str
    label: str
    icon: str
    href: str = ""
    post: str = ""
    field: str = ""
    value: str = ""
    does: str = ""
    macro: str = ""
    also: str = ""
    caps: tuple[str, ...] = ()
    role: StaffRole = StaffRole.SUPPORT

    def fits(self, asked: str) -> Fit | None:
        """Return how it fits: by its label, or less well by its other words."""
        found = fit(asked, self.label)
        if found is not None or not self.also:
            return found
        other = fit(asked, self.also)
        bare = fit("", self.label)
        return replace(bare, rank=other.rank + BY_LETTERS) if other and bare else None


def _to(
    name: str, label: str, icon: str, route: str, also: str = "", *, role: StaffRole = StaffRole.SUPPORT, at: str = ""
) -> Command:
    """A command that leads to a page, or to the heading `at` on it."""
    return Command(name, label, icon, href=reverse(f"console:{route}") + (f"#{at}" if at else ""), also=also, role=role)


@cache
def everywhere() -> tuple[Command, ...]:
    """Return the commands of the whole desk, the likeliest first."""
    return (
        _to("new-ticket", "New ticket", "plus", "new_ticket", "create open request"),
        Command("call-new", "Answer a call", "phone", post=reverse("console:call_new"), also="telephone call screen",
                caps=_caps("answer-call")),
        _to("search", "Search everything", "search", "search", "find"),
        _to("client-add", "Add a client", "plus", "client_add", "new organisation", role=StaffRole.MANAGER),
        _to("issue-add", "Add a known issue", "plus", "issue_add", "new problem"),
        _to("macro-add", "New macro", "plus", "macro_add", "add text template canned"),
        _to("invite", "Invite somebody", "mail", "people", "invitation add person staff",
            role=ADMINISTRATOR, at="invite"),
        _to("mailbox-add", "Connect a mailbox", "mail", "mailboxes", "add mail imap", role=ADMINISTRATOR, at="add"),
        _to("agreement-install", "Install an agreement", "file", "agreement_install", "add terms", role=ADMINISTRATOR),
        _to("team-add", "Add a team", "people", "teams", "new", role=ADMINISTRATOR, at="add-title"),
        _to("product-add", "Add a product", "box", "products", "new", role=ADMINISTRATOR, at="add-title"),
        _to("tag-add", "Add a tag", "hash", "tags", "new", role=StaffRole.MANAGER, at="add-title"),
        _to("field-add", "Add a field", "file", "field_add", "new custom", role=StaffRole.MANAGER),
        _to("rule-add", "Add an assignment rule", "person", "rule_add", "new", role=StaffRole.MANAGER),
        _to("notice-settings", "When to tell me", "bell", "notice_settings", "notifications desktop hours"),
        _to("screens", "Screens on walls", "eye", "screens", "wallboard link", role=ADMINISTRATOR),
        _to("sessions", "Who is signed in", "people", "sessions", "sessions of the staff", role=ADMINISTRATOR),
        _to("account", "Your account", "person", "account", "profile sessions"),
        Command("passkeys", "Passkeys and codes", "shield", href="/accounts/2fa/", also="second factor security"),
        Command("password", "Change the password", "shield", href="/accounts/password/change/"),
        *(
            Command(f"theme-{key or 'system'}", f"Theme: {words.lower()}", "sun", post=reverse("console:look"),
                    field="theme", value=key, also="appearance colours mode")
            for key, words in THEMES.items()
        ),
        *(
            Command(f"keys-{way}", f"Single keys: {way}", "help", post=reverse("console:keys"), field="single",
                    value=way, also="shortcuts keyboard")
            for way in ("on", "off")
        ),
        Command("sign-out", "Sign out", "exit", post="/accounts/logout/", also="log out leave"),
    )  # fmt: skip


NEEDLESS = {"palette", "next", "previous", "open", "send", "search", "answer-call", "pick", "pick-range"}
ORDER = {"undo": -1, "back": 1, "help": 1}  # what passes goes first, what every page can do last
NAMED = {
    "write-reply": "mail",
    "write-note": "note",
    "write-phone": "phone",
    "follow": "eye",
    "undo": "back",
    "help": "help",
    "back": "back",
    "macro": "file",
    "insert-article": "book",
    "filter": "list",
}


@cache
def of_pages() -> dict[str, Command]:
    """Return all that pages can do themselves, by the name of their controls: keys, acts of tickets, filters."""
    found: dict[str, Command] = {}
    for key in keymap.KEYS:
        if key.dispatched and not key.each and key.does not in NEEDLESS:
            icon = NAMED.get(key.does, "next")
            caps = keymap.caps(key.combos[0])
            found.setdefault(key.does, Command(key.does, key.words, icon, does=key.does, caps=caps))
    for act in ACTS:
        caps = found[act.key].caps if act.key in found else ()
        found[act.key] = Command(act.key, act.label, act.icon, does=act.key, also=act.title, caps=caps)
    for name in FIELDS:
        found[f"filter-{name}"] = Command(
            f"filter-{name}", f"Filter: {FIELDS[name].label}", "list", does=f"filter-{name}"
        )
    for name, label in BESIDE.items():
        found[name] = Command(name, label, "flag", does=name)
    return found


BESIDE = {
    "view-save": "Save as a view",
    "view-change": "Save the changes of this view",
    "view-columns": "Choose columns",
    "view-rename": "Rename this view",
    "view-up": "Move this view up",
    "view-down": "Move this view down",
    "view-share": "Share this view, or make it personal",
    "view-remove": "Delete this view",
    "copies": "Who gets a copy",
    "complaint": "Add a complaint",
}


def on_page(can: Collection[str]) -> list[Command]:
    """Return what the page that is open can do, of the names that its scripts found on it, in a fixed order."""
    found = [command for name, command in of_pages().items() if name in can]
    return sorted(found, key=lambda command: ORDER.get(command.name, 0))


def of_desk(person: Person) -> list[Command]:
    """Return the commands that `person` may use."""
    return [command for command in everywhere() if at_least(person, command.role)]


class Somewhere(Protocol):
    """A line of the rail, with or without what is counted there."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def href(self) -> str: ...


def place(line: Somewhere) -> Command:
    """Return the command that goes there."""
    return Command(f"go-{line.key}", line.label, line.icon, href=line.href)


def _caps(does: str) -> tuple[str, ...]:
    return next(keymap.caps(key.combos[0]) for key in keymap.KEYS if key.does == does)
