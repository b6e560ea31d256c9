"""The palette answers by permission, the best first, and offers what can be done now."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from mainstay.console import commands
from mainstay.console.acts import ACTS
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge import articles
from mainstay.knowledge.actions import Said
from mainstay.knowledge.articles import Content
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Person
from mainstay.tickets import actions as tickets
from tests.console.conftest import Browse
from tests.desk import Desk


def ask(browser: Client, text: str = "", **more: str) -> str:
    page: str = browser.get("/palette/", {"q": text, **more}).content.decode()
    return page


def headings(page: str) -> list[str]:
    return re.findall(r'role="group" aria-label="([^"]+)"', page)


def names(page: str) -> list[str]:
    return re.findall(r'data-name="([^"]+)"', page)


def test_a_reference_comes_before_all_else(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    assert names(ask(browse("ida"), ticket.reference.lower()))[0] == ticket.reference
    assert names(ask(browse("ida"), ticket.reference.removeprefix("MST-")))[0] == ticket.reference


def test_it_finds_by_the_words_of_the_subject_and_a_clients_own_reference(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "INC0012345 Cards are not read")
    for asked in ("card rea", "inc0012345"):
        assert ticket.reference in names(ask(browse("ida"), asked)), asked
    assert "<mark>Cards</mark>" in ask(browse("ida"), "card")


def test_the_section_with_the_best_match_stands_first(desk: Desk, browse: Browse) -> None:
    desk.mail("ana", "Teams are not told")
    page = ask(browse("ida"), "team")
    assert headings(page)[0] == "Go to"
    assert names(page)[0] == "go-teams"
    assert {"Tickets", "Search"} <= set(headings(page))
    assert names(page)[-1] == "search-all"


def test_words_may_be_cut_short_and_initials_do(browse: Browse) -> None:
    for asked in ("new t", "tick new", "nt"):
        assert "new-ticket" in names(ask(browse("ida"), asked)), asked
    assert "sign-out" in names(ask(browse("ida"), "log out")), "by other words, too"
    assert names(ask(browse("ida"), "zzzz")) == ["search-all"]


def test_clients_people_and_known_issues_are_found(desk: Desk, browse: Browse) -> None:
    said = Said("Labels are printed askew", "They are.", "workaround", workaround="Turn them.")
    issue = knowledge.add_issue(said=said, by=desk.person["ida"], at=desk.now)
    ida = browse("ida")
    page = ask(ida, "okafor")
    assert f"person-{desk.person['ana'].pk}" in names(page)
    assert re.search(r'href="/clients/acme[^"]*/users/\d+/"', page)
    assert "Clients" in headings(ask(ida, "acme"))
    assert f"issue-{issue.pk}" in names(ask(ida, "labels"))
    colleague = ask(ida, "jon")
    assert f'href="/views/all/?assignee={desk.person["jon"].pk}"' in colleague


def test_every_option_of_it_leads_where_one_may_go(desk: Desk, browse: Browse) -> None:
    for who in ("ida", "ada"):
        browser = browse(who)
        for text in ("", "a", "an", "acme", "jon"):
            page = ask(browser, text)
            for href in dict.fromkeys(re.findall(r'href="(/[^"#]*)', page)):
                met = browser.get(href.replace("&amp;", "&")).status_code
                assert met == 200 or (met == 302 and href.startswith("/accounts/")), (who, href)


@pytest.mark.parametrize("command", commands.everywhere(), ids=lambda one: one.name)
def test_a_command_is_offered_to_whoever_may_use_it_and_to_nobody_else(
    command: commands.Command, desk: Desk, browse: Browse
) -> None:
    route = resolve((command.href or command.post).partition("#")[0])
    role = getattr(route.func, "door", (None, None))[1]
    for who in ("ida", "ada"):
        offered = command.name in names(ask(browse(who), command.label))
        assert offered == at_least(desk.person[who], command.role)
        if role and not command.href.count("#"):
            assert offered == at_least(desk.person[who], role)


def test_what_the_page_can_do_is_offered_with_its_key(desk: Desk, browse: Browse) -> None:
    page = ask(browse("ida"), "severity", can="severity,fix,write-reply")
    assert headings(page)[0] == "On this page"
    assert 'data-does-it="severity"' in page
    assert '<kbd class="single">S</kbd>' in page
    assert "severity" not in names(ask(browse("ida"), "severity", can="fix"))
    assert "On this page" not in headings(ask(browse("ida"), "evil", can='"><script>,evil'))


def test_every_act_of_a_ticket_stands_on_its_page_while_it_may_be_done(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = browse("ida").get(f"/tickets/{ticket.reference}/").content.decode()
    hidden = page.partition('<div id="acts"')[2].partition("</div>")[0]
    offered = set(re.findall(r'data-does="([a-z-]+)"', hidden))
    assert {"severity", "ask", "progress", "fix", "assign", "merge", "tags", "link", "snooze"} <= offered
    assert offered <= {act.key for act in ACTS}
    assert "reopen" not in offered
    first = page.partition('<template id="palette-first">')[2].partition("</template>")[0]
    assert offered <= set(re.findall(r'data-does-it="([a-z-]+)"', first))


def test_what_was_opened_last_is_named_only_while_it_may_be_seen(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    recent = f"sign-out,{ticket.reference},nonsense,MST-999999-9"
    page = ask(browse("ida"), recent=recent)
    assert headings(page)[0] == "Recent"
    assert names(page)[:2] == [ticket.reference, "sign-out"]
    assert "Cards are not read" in page
    assert "Recent" not in headings(ask(browse("ida")))
    assert browse("cleo").get("/palette/", {"q": "", "recent": recent}).status_code == 403


def test_saved_views_are_found_by_name_and_those_of_others_are_not(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    ida.post("/views/open/save/", {"name": "Tuesday's cards", "nonce": "a"})
    assert "Views" in headings(ask(ida, "tues"))
    assert "Views" not in headings(ask(browse("jon"), "tues"))


def test_it_asks_the_database_little(desk: Desk, browse: Browse, django_assert_max_num_queries: Any) -> None:
    ida = browse("ida")
    for subject in ("Cards are not read", "Cards are lost", "No card is printed"):
        tickets.assign(ticket=desk.mail("ana", subject), assignee=desk.person["ida"], team=None, by=desk.person["ida"], at=desk.now)
    ask(ida, "card")
    with django_assert_max_num_queries(10):
        ask(ida, "card")
    with django_assert_max_num_queries(4):
        ask(ida, "")


def test_choosing_a_look_from_it_comes_back_to_the_page_and_nowhere_else(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    ida.post("/account/look/", {"theme": "light", "motion": "off"})
    assert ida.post("/account/look/", {"theme": "dark", "next": "/calls/"})["Location"] == "/calls/"
    kept = Person.objects.get(pk=desk.person["ida"].pk)
    assert (kept.theme, kept.motion) == ("dark", "off")
    for goal in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""):
        assert ida.post("/account/look/", {"theme": "dark", "next": goal})["Location"] == "/account/", goal


def test_articles_are_found_in_every_state_and_a_slip_is_forgiven(desk: Desk, browse: Browse) -> None:
    draft = articles.begin(content=Content(title="Renew a certificate"), by=desk.person["ida"], at=desk.now)
    ida = browse("ida")
    for asked in ("certif", "certifcate"):
        page = ask(ida, asked)
        assert "Articles" in headings(page), asked
        assert f"article-{draft.pk}" in names(page), asked
    assert "<mark>certificate</mark>" in page
    assert f'href="/articles/{draft.pk}/"' in page
    assert "Draft" in page
