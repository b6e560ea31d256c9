"""The Support Hub in a real browser: axe, light and dark, 320 pixels, by keys alone, with a script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from mainstay.contracts import actions as contracts
from mainstay.knowledge import articles, attaching, readers
from mainstay.knowledge.articles import Content
from mainstay.knowledge.models import Article, Vote
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import Desk
from tests.knowledge.test_articles import PNG

TEXT = (
    "# Before\n\nTake the `card`, and see [the notes](notes.pdf).\n\n# Print\n\n![The dialog](dialog.png)\n\n"
    "> Leave it in.\n\n1. One\n   - two\n\n| What you see | What helps |\n|---|---|\n| Dark | Light |\n\n"
    "```\na long line of code that goes on and on and on and on and on and on and on and on and on and on\n```\n\n"
    "# When averylongwordthatneverendsandhasnoplacetobreakanywhereatallinit\n\nDone.\n"
)
READ = (
    "/hub/", "/hub/products/lantern/", "/hub/articles/print-a-label/", "/hub/articles/print-a-label/print/",
    "/hub/articles/print-a-label/helped/", "/hub/articles/print-a-label/helped/?answer=no", "/hub/search/",
    "/hub/search/?q=lable", "/hub/search/?q=giraffe",
)  # fmt: skip


@pytest.fixture
def paths(desk: Desk) -> list[str]:
    """Every page of the desk's with something on it; those that everybody reads are in READ."""
    ida, jon = desk.person["ida"], desk.person["jon"]
    lantern = contracts.add_product(key="lantern", name="Lantern, whiteboards for wards with a very long name")
    contracts.add_product(key="ferry", name="Ferry")
    content = Content("Print a label", TEXT, "From card to paper.", product=lantern, audience="public")
    article = articles.begin(content=content, by=ida, at=desk.now)
    for name, data in (("dialog.png", PNG), ("notes.pdf", b"%PDF-1.7")):
        attaching.attach(article=article, name=name, data=data, by=ida, at=desk.now)
    articles.ask_review(article=article, by=ida, at=desk.now)
    edition = articles.publish(article=article, by=jon, at=desk.now)
    near = Content("Order a label", "Take the card.", product=lantern, audience="public")
    other = articles.begin(content=near, by=ida, at=desk.now)
    articles.ask_review(article=other, by=ida, at=desk.now)
    articles.publish(article=other, by=jon, at=desk.now)
    readers.vote(edition=edition, voter="a", helped=False, at=desk.now, reason="unclear", comment="Which?")
    readers.looked_in_vain(text="elephant", at=desk.now)
    articles.write(article=article, content=Content("Print a label", "New.", audience="public"), by=ida, at=desk.now)
    waiting = articles.begin(content=Content("Labels soon", "Words."), by=ida, at=desk.now)
    articles.ask_review(article=waiting, by=ida, at=desk.now)
    here = f"/articles/{article.pk}/"
    return [
        "/articles/", "/articles/?text=xylophone", "/articles/add/", "/articles/gaps/", here, f"{here}edit/",
        f"{here}editions/1/", f"/articles/{waiting.pk}/",
    ]  # fmt: skip


def settled(page: Page) -> None:
    """Wait until the question whether it helped is there, where there is one."""
    place = page.locator("[data-load]")
    if place.count():
        place.scroll_into_view_if_needed()
        page.get_by_role("button", name="Yes").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, paths: list[str], open_page: Open, address: str) -> None:
    page, found = open_page("", "/hub/", color_scheme=scheme), []
    for path in READ:
        page.goto(address + path)
        settled(page)
        found += faults(page)
    page = open_page("jon", "/articles/", color_scheme=scheme)
    for path in paths:
        page.goto(address + path)
        found += faults(page)
    assert found == []


def test_no_page_is_wider_than_a_telephone(paths: list[str], open_page: Open, address: str) -> None:
    wide = []
    for who, found in (("", READ), ("jon", paths)):
        page = open_page(who, found[0], width=320, height=800)
        for path in found:
            page.goto(address + path)
            settled(page)
            if page.evaluate("document.documentElement.scrollWidth") > 320:
                wide.append(path)
    assert wide == []


def test_a_reader_finds_reads_and_tells_by_keys_alone(paths: list[str], open_page: Open) -> None:
    page = open_page("", "/hub/")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("prnt lable")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is what has “label”.")).to_be_visible()
    page.get_by_role("link", name="Print a label").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Print a label")
    page.get_by_role("link", name="Print", exact=True).last.focus()
    settled(page)
    page.get_by_role("link", name="No", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What was wrong?")).to_be_focused()
    page.get_by_label("Something is missing").check()
    page.get_by_label("What were you looking for?").fill("Two cards.")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("We read every answer")).to_be_focused()
    assert Vote.objects.exclude(voter="a").get().comment == "Two cards."


def test_it_works_without_a_script(paths: list[str], chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/hub/articles/print-a-label/")
    page.get_by_role("link", name="Did this help? Tell us").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Good to know that it helped")).to_be_visible()
    context.close()


def test_an_article_is_written_beside_its_preview_and_goes_to_review(paths: list[str], open_page: Open) -> None:
    page = open_page("ida", "/articles/add/")
    page.get_by_label("Title").fill("Find a lost card")
    page.locator("#id_text").fill("# Look\n\nUnder the **desk**.")
    expect(page.locator(".reads strong")).to_have_text("desk")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_text("Somebody else reads it and publishes it.")).to_be_visible()
    assert Article.objects.get(title="Find a lost card").state == "review"
