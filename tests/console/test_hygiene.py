"""What every page keeps: a strict policy that nothing on it needs to break, no cache, plain words for what went wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from mainstay import console
from mainstay.screens.environment import asset
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.pages import settled
from tests.desk import Desk

HOME = Path(console.__file__).parent
TEMPLATES = sorted((HOME / "jinja").rglob("*.html")) + sorted((HOME / "templates").rglob("*.html"))
PAGES = [
    "/views/open/", "/views/closed/", "/verification/", "/arrivals/", "/quarantine/", "/outbox/", "/outgoing/",
    "/notices/", "/people/", "/mailboxes/", "/texts/", "/texts/reply/", "/health/", "/account/", "/sessions/", "/tickets/new/",
    "/tickets/{}/", "/tickets/{}/severity/", "/tickets/{}/clocks/response/",
]  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_no_template_needs_a_loose_policy(template: Path) -> None:
    """Class B1: no inline script, style or handler anywhere, so the policy can forbid them all."""
    text = re.sub(r"\{[#%].*?[#%]\}", "", template.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|hx-on|javascript:", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", text), "nothing comes from elsewhere"
    assert "|safe" not in text or template.name == "fields.html"


def test_templates_reckon_no_time() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\b(now|timedelta|strftime|total_seconds)\s*\(", text), template.name


PAGES_WITH_MORE = {path.stem: path for path in (HOME / "static/console/pages").glob("*.js")}


def _with_imports(module: Path) -> set[Path]:
    """Return the module and all that it imports, at once or on demand."""
    found, open_ = set(), [module]
    while open_:
        at = open_.pop()
        if at not in found:
            found.add(at)
            named = re.findall(r"""(?:from |import\()"(\.[^"]+)\"""", at.read_text(encoding="utf-8"))
            open_ += [(at.parent / name).resolve() for name in named]
    return found


@pytest.mark.parametrize("kind", ["", *sorted(PAGES_WITH_MORE)])
def test_no_page_has_more_than_a_hundred_kilobytes_of_script(kind: str) -> None:
    """What a page may ever load: what every page does, what this kind does, and what is fetched on demand; and htmx."""
    import django_htmx

    modules = _with_imports(HOME / "static/console/console.js")
    if kind:
        modules = modules | _with_imports(PAGES_WITH_MORE[kind])
    htmx = (Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js").stat().st_size
    assert sum(path.stat().st_size for path in modules) + htmx < 100_000


def test_a_page_with_filters_has_the_script_that_applies_them() -> None:
    pages = [path for path in TEMPLATES if "data-filters" in (text := path.read_text()) and "layout.html" in text]
    assert len(pages) > 5
    assert [path.name for path in pages if not re.search(r"pages/(filters|notices)\.js", path.read_text())] == []


def test_what_the_page_carries_is_no_control() -> None:
    """A click anywhere is a click inside the body, so a script that listens for `[data-x]` there would hear every one."""
    [body] = re.findall(r"<body[^>]*>", (HOME / "jinja/layout.html").read_text())
    carried = set(re.findall(r"data-[a-z-]+", body))
    heard = [
        (path.name, name)
        for path in (HOME / "static/console").rglob("*.js")
        for selector in re.findall(r'\bon\("[a-z]+", "([^"]+)"', path.read_text())
        for name in re.findall(r"^\[(data-[a-z-]+)\]$", selector)
        if name in carried
    ]
    assert len(carried) > 5
    assert heard == []


def test_two_rooms_of_the_page_never_share_a_class() -> None:
    """A bare class of one page's stylesheet restyled another's: the call screen lay on its side."""
    shared = {"layout"}
    sheets = (Path(console.__file__).parent / "static/console").glob("*.css")
    styled: dict[str, set[str]] = {}
    for sheet in sheets:
        if sheet.stem not in shared:
            bare = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
            for name in re.findall(r"(?:^|[},{])\s*(\.[a-z][\w-]*)\s*(?=[,{])", bare):
                styled.setdefault(name, set()).add(sheet.name)
    assert {name: where for name, where in styled.items() if len(where) > 1} == {}


def test_every_page_forbids_inline_script_and_style_and_is_kept_by_nobody(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    ticket = settled(desk, desk.mail("ana"), 2)
    ada = browse("ada")
    for path in PAGES:
        answer = ada.get(path.format(ticket.reference))
        assert answer.status_code == 200, path
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answer["Cache-Control"] == "private, no-store"
        assert not re.search(r"\sstyle=|\son[a-z]+=", answer.content.decode()), path
        assert answer.content.decode().count("<h1") == 1, path


def test_assets_change_their_address_with_their_content() -> None:
    assert re.fullmatch(r"/static/screens/base\.css\?v=[0-9a-f]{10}", asset("screens/base.css"))
    with pytest.raises(FileNotFoundError):
        asset("console/no-such-file.css")


@pytest.mark.parametrize("theme", ["dark", "light", "contrast", "", 'blue"><script>'])
def test_the_theme_is_one_of_three_or_the_systems(theme: str, browse: Browse) -> None:
    ida = browse("ida")
    ida.cookies["theme"] = theme
    opening = ida.get("/views/open/").content.decode()[:120]
    assert ("data-theme" in opening) == (theme in ("dark", "light", "contrast"))
    assert "blue" not in opening


def test_errors_are_plain_words_with_a_way_back(desk: Desk, browse: Browse) -> None:
    for answer, words in (
        (browse("ida").get("/nowhere/"), "There is nothing here"),
        (browse("ida").get("/people/"), "This page needs the role Administrator."),
        (Client().get("/nowhere/"), "There is nothing here"),
    ):
        assert words in pages.text(answer)
        assert 'href="/"' in answer.content.decode()


def test_a_fault_of_ours_is_said_to_be_ours(
    desk: Desk, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class C12: errors never echo objects."""
    ida = browse("ida")
    ida.raise_request_exception = False

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("mainstay.console.views.lists.rows_context", fail)
    answer = ida.get("/views/open/")
    assert answer.status_code == 500
    assert "It is our fault, not yours" in pages.text(answer)
    assert "hunter2" not in answer.content.decode()
