"""Who may enter which route of the portal. Every route has a row here; a route without one fails."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from mainstay.portal import feedback_urls, hub_urls, survey_urls, urls
from mainstay.portal.access import ADMINISTRATES, ANY, RAISES, SEES_ALL
from tests.console.conftest import Browse
from tests.desk import Desk

READ, WRITE, BOTH = {"GET"}, {"POST"}, {"GET", "POST"}
PUBLIC = None
BOOKS: dict[str, list[URLPattern]] = {  # each address book of the portal, by its namespace
    "portal": urls.urlpatterns,
    "hub": hub_urls.urlpatterns,
    "survey": survey_urls.urlpatterns,
    "feedback": feedback_urls.urlpatterns,
}
TABLE: dict[str, tuple[set[str], str | None]] = {
    "portal:home": (READ, ANY),
    "portal:promises": (READ, ANY),
    "portal:requests": (READ, ANY),
    "portal:requests_file": (READ, ANY),
    "portal:new_request": (BOTH, RAISES),
    "portal:promise_for": (READ, RAISES),
    "portal:similar": (READ, RAISES),
    "portal:new_request_draft": (WRITE, RAISES),
    "portal:request": (READ, ANY),
    "portal:request_write": (BOTH, ANY),
    "portal:request_draft": (WRITE, ANY),
    "portal:request_answer": (BOTH, ANY),
    "portal:request_accept": (BOTH, ANY),
    "portal:request_reject": (BOTH, ANY),
    "portal:request_escalate": (BOTH, ANY),
    "portal:request_visit": (BOTH, ANY),
    "portal:request_withdraw": (BOTH, ANY),
    "portal:request_share": (WRITE, ANY),
    "portal:request_unshare": (WRITE, ANY),
    "portal:request_seen": (WRITE, ANY),
    "portal:request_news": (READ, ANY),
    "portal:request_file": (READ, ANY),
    "portal:request_message": (READ, ANY),
    "portal:request_account": (READ, ANY),
    "portal:releases": (READ, ANY),
    "portal:release": (READ, ANY),
    "portal:announcement": (READ, ANY),
    "portal:issues": (READ, ANY),
    "portal:issue": (READ, ANY),
    "portal:people": (READ, ADMINISTRATES),
    "portal:people_history": (READ, ADMINISTRATES),
    "portal:person_invite": (BOTH, ADMINISTRATES),
    "portal:invitation_again": (WRITE, ADMINISTRATES),
    "portal:invitation_withdraw": (WRITE, ADMINISTRATES),
    "portal:sessions_rule": (WRITE, ADMINISTRATES),
    "portal:stranger": (BOTH, ADMINISTRATES),
    "portal:person": (BOTH, ADMINISTRATES),
    "portal:person_end": (BOTH, ADMINISTRATES),
    "portal:invitation": (BOTH, PUBLIC),
    "portal:provider": (BOTH, PUBLIC),
    "portal:provider_back": (READ, PUBLIC),
    "portal:sign_in": (BOTH, PUBLIC),
    "portal:account": (BOTH, ANY),
    "portal:account_look": (WRITE, ANY),
    "portal:account_mails": (WRITE, ANY),
    "portal:session_end": (WRITE, ANY),
    "portal:session_end_others": (WRITE, ANY),
    "portal:contact": (READ, ANY),
    "portal:complaints": (READ, ANY),
    "portal:complaint_new": (BOTH, ANY),
    "hub:start": (READ, PUBLIC),
    "hub:search": (READ, PUBLIC),
    "hub:sitemap": (READ, PUBLIC),
    "hub:product": (READ, PUBLIC),
    "hub:article": (READ, PUBLIC),
    "hub:print": (READ, PUBLIC),
    "hub:helped": (BOTH, PUBLIC),
    "hub:file": (READ, PUBLIC),
    "survey:survey": (BOTH, PUBLIC),
    "feedback:send": (WRITE, PUBLIC),
    "feedback:widget": (READ, PUBLIC),
    "feedback:frame": (BOTH, PUBLIC),
    "feedback:example": (READ, PUBLIC),
    "feedback:example_token": (READ, PUBLIC),
}
# Whom the rows are tried with, and which rights each has at the one organisation that is theirs.
RIGHTS = {
    "ana": {ANY, RAISES, SEES_ALL},
    "bo": {ANY},
    "cleo": {ANY, RAISES},
    "dee": {ANY, RAISES, SEES_ALL, ADMINISTRATES},
}
SAMPLES: dict[str, Any] = {
    "reference": "MST-999999-9",
    "number": 1_000_000,
    "key": "nothing",
    "slug": "nothing-at-all",
    "token": "no-such-token",
    "uuid": uuid.UUID(int=1),
}


def routes() -> dict[str, URLPattern]:
    return {f"{book}:{route.name}": route for book, found in BOOKS.items() for route in found}


def path_to(name: str) -> str:
    """Return the path of a route, with a sample that belongs to nobody for each part that varies."""
    parts = routes()[name].pattern.converters
    return reverse(name, kwargs={key: SAMPLES.get(key, 1_000_000) for key in parts})


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(routes()) == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_the_door_is_what_the_row_says(name: str) -> None:
    methods, right = routes()[name].callback.door  # type: ignore[union-attr]  # set by `access.door`
    assert (set(methods), right) == TABLE[name]


def test_each_route_lets_in_whom_its_row_names_and_nobody_else(browse: Browse) -> None:
    wrong = []
    for who, rights in RIGHTS.items():
        browser = browse(who)
        for name, (methods, right) in TABLE.items():
            for method in methods:
                status = getattr(browser, method.lower())(path_to(name)).status_code
                if (right is not PUBLIC and (status == 403) != (right not in rights)) or status >= 500:
                    wrong.append(f"{who} {method} {name}: {status}")
    assert wrong == []


def test_nobody_comes_in_without_signing_in(desk: Desk) -> None:
    for name, (methods, right) in TABLE.items():
        for method in methods:
            answer = getattr(Client(), method.lower())(path_to(name))
            if right is PUBLIC:
                assert answer.status_code < 500, name
                assert not answer.get("Location", "").startswith("/accounts/login/"), name
            else:
                assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/"), name


def test_staff_have_their_own_door(browse: Browse) -> None:
    ada = browse("ada")
    for name, (methods, right) in TABLE.items():
        for method in methods:
            assert right is PUBLIC or getattr(ada, method.lower())(path_to(name)).status_code == 403, name


def test_other_methods_are_refused(browse: Browse) -> None:
    dee = browse("dee")
    for name, (methods, _) in TABLE.items():
        for method in {"GET", "POST", "PUT", "DELETE"} - methods:
            assert getattr(dee, method.lower())(path_to(name)).status_code == 405, name


def test_who_loses_their_authority_loses_the_pages_with_the_next_request(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    assert ana.get("/portal/").status_code == 200
    desk.person["ana"].memberships.update(active_to=desk.now)
    assert ana.get("/portal/").status_code == 403


def test_signing_in_leads_each_to_their_own_door(desk: Desk) -> None:
    """Nobody has to know two addresses."""
    for who, where in (("ida", "/"), ("ana", "/portal/")):
        person = desk.person[who]
        person.set_password("promises-are-kept")
        person.save()
        answer = Client().post("/accounts/login/", {"login": person.email, "password": "promises-are-kept"})
        assert (answer.status_code, answer["Location"]) == (302, where)
