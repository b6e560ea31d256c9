"""Classes B1, B2, B5 and B6 where clients and managers read what others wrote, by a browser and with all walls up."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Dialog, Page

from mainstay.contracts.models import Product
from mainstay.feedback import sources
from mainstay.feedback.models import Remark, Survey
from mainstay.knowledge import articles
from mainstay.knowledge.articles import Content
from mainstay.lib.time import now
from mainstay.tickets import actions as tickets
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.models import Direction, Kind, Ticket
from tests.browser.conftest import Open
from tests.desk import Desk
from tests.portal.hostile import EVERYTHING, ONE_LINE


def written(desk: Desk, *, text: str, kind: Kind = Kind.INCIDENT) -> Ticket:
    """Have Ana write it all, in words, in HTML, as her name and as the name of a file."""
    ana = desk.person["ana"]
    message = NewMessage(
        Direction.IN, "mail", text, html=f"<p>Hello</p>{EVERYTHING}", author=ana, author_name=ONE_LINE[:200],
        author_address=ana.email, files=(NewFile(ONE_LINE[:200], "text/html", b"x"),), notes=(EVERYTHING,),
    )  # fmt: skip
    return tickets.open_ticket(
        at=now(), channel="mail", subject=ONE_LINE[:500], requester=ana, requester_name=ONE_LINE[:200],
        requester_address=ana.email, organisation=desk.acme, verified=True, message=message, kind=kind,
    )  # fmt: skip


def furnished(desk: Desk) -> dict[str, list[str]]:
    """Put it wherever a client's words are read; return the pages, by who reads them."""
    ticket, laid_out, case = written(desk, text=EVERYTHING), written(desk, text=" "), written(desk, text="x", kind=Kind.COMPLAINT)
    content = Content(ONE_LINE[:200], f"# Print\n\n{EVERYTHING}".replace("![", "["), summary=ONE_LINE[:300], audience="public")
    article = articles.begin(content=content, by=desk.person["ida"], at=now())
    articles.ask_review(article=article, by=desk.person["ida"], at=now())
    articles.publish(article=article, by=desk.person["jon"], at=now())
    Survey.objects.create(
        ticket=ticket, address="ana@acme.example", digest="0" * 64, sent_at=now(), answered_at=now(),
        expires_at=now() + timedelta(days=1), comment=EVERYTHING.replace("\x00", ""),
    )  # fmt: skip
    lantern = Product.objects.create(key="lantern", name="Lantern")
    source, _ = sources.open_source(product=lantern, origins=[], by=desk.person["ada"], at=now())
    Remark.objects.create(source=source, at=now(), name=ONE_LINE[:100], address="a@b.example", text=EVERYTHING.replace("\x00", ""))
    desk.work()
    article.refresh_from_db()
    return {
        "ana": [f"/portal/requests/{ticket.reference}/", f"/portal/requests/{laid_out.reference}/", "/portal/requests/"],
        "": ["/hub/", f"/hub/articles/{article.address}/", f"/hub/articles/{article.address}/print/", "/hub/search/?q=print"],
        "mara": ["/feedback-results/", "/complaints/", "/remarks/", f"/tickets/{case.reference}/"],
    }


def test_what_anybody_wrote_runs_nothing_and_asks_nobody(desk: Desk, open_page: Open, address: str) -> None:
    """Whatever a page even tried to load from elsewhere, or to run, would be a complaint of the browser's, and fails."""
    happened: list[str] = []
    for who, paths in furnished(desk).items():
        page = open_page(who, paths[0])
        trap(page, address, happened)
        for path in paths:
            page.goto(address + path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            for frame in page.locator("iframe").all():
                frame.scroll_into_view_if_needed()
                frame.content_frame.get_by_text("Hello", exact=True).first.wait_for()
            assert page.locator("main [onerror], main [onload], main [onclick], main script:not([src])").count() == 0
            page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert happened == []
    with page.expect_event("dialog"):  # the trap can catch
        page.evaluate("setTimeout(() => alert(1))")
    assert happened == ["dialog: 1"]


def trap(page: Page, address: str, happened: list[str]) -> None:
    """Write down every dialog, and every request that is not to us."""

    def asked(dialog: Dialog) -> None:
        happened.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", asked)
    page.on(
        "request",
        lambda one: None if one.url.startswith((f"{address}/", "data:")) else happened.append(f"request: {one.url}"),
    )
