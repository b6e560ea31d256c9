"""Who may enter which route. Every route has a row here; a route without one fails."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mainstay.console import urls
from mainstay.orgs.models import StaffRole
from tests.console.conftest import Browse
from tests.desk import Desk

STAFF, MANAGER, ADMINISTRATOR = StaffRole.SUPPORT, StaffRole.MANAGER, StaffRole.ADMINISTRATOR
READ, WRITE, BOTH = {"GET"}, {"POST"}, {"GET", "POST"}
TABLE: dict[str, tuple[set[str], StaffRole]] = {
    "home": (READ, STAFF),
    "counts": (READ, STAFF),
    "palette": (READ, STAFF),
    "search": (READ, STAFF),
    "suggest": (READ, STAFF),
    "articles": (READ, STAFF),
    "article_add": (BOTH, STAFF),
    "article_preview": (WRITE, STAFF),
    "article_gaps": (READ, STAFF),
    "gap_settle": (WRITE, STAFF),
    "article_file": (READ, STAFF),
    "article_detach": (WRITE, STAFF),
    "article": (READ, STAFF),
    "article_edit": (BOTH, STAFF),
    "article_attach": (WRITE, STAFF),
    "article_edition": (READ, STAFF),
    "article_act": (WRITE, STAFF),
    "ticket_article": (BOTH, STAFF),
    "offered_articles": (READ, STAFF),
    "issues": (READ, STAFF),
    "issue_add": (BOTH, STAFF),
    "issue": (READ, STAFF),
    "issue_change": (BOTH, STAFF),
    "ticket_issues": (READ, STAFF),
    "issue_show": (WRITE, STAFF),
    "issue_hide": (WRITE, STAFF),
    "issue_news": (BOTH, STAFF),
    "news_again": (WRITE, STAFF),
    "releases": (READ, STAFF),
    "release": (READ, STAFF),
    "release_add": (BOTH, MANAGER),
    "release_move": (BOTH, MANAGER),
    "release_ship": (BOTH, MANAGER),
    "release_withdraw": (BOTH, MANAGER),
    "release_change": (BOTH, MANAGER),
    "round_again": (WRITE, MANAGER),
    "ticket_release": (READ, STAFF),
    "release_choose": (BOTH, STAFF),
    "announcements": (READ, STAFF),
    "announcement": (READ, STAFF),
    "announcement_add": (BOTH, MANAGER),
    "announcement_change": (BOTH, MANAGER),
    "announcement_send": (WRITE, MANAGER),
    "announcement_withdraw": (BOTH, MANAGER),
    "edition_again": (WRITE, MANAGER),
    "issue_cause": (WRITE, STAFF),
    "issue_link": (WRITE, STAFF),
    "issue_unlink": (WRITE, STAFF),
    "account": (READ, STAFF),
    "look": (WRITE, STAFF),
    "fold": (WRITE, STAFF),
    "keys": (WRITE, STAFF),
    "components": (READ, ADMINISTRATOR),
    "session_end": (WRITE, STAFF),
    "session_end_others": (WRITE, STAFF),
    "sessions": (READ, ADMINISTRATOR),
    "staff_session_end": (WRITE, ADMINISTRATOR),
    "names": (READ, STAFF),
    "notices": (BOTH, STAFF),
    "notices_fresh": (READ, STAFF),
    "notice_settings": (BOTH, STAFF),
    "wallboard": (READ, STAFF),
    "wallboard_parts": (READ, STAFF),
    "screens": (BOTH, ADMINISTRATOR),
    "screen_end": (WRITE, ADMINISTRATOR),
    "view": (READ, STAFF),
    "rows": (READ, STAFF),
    "filter": (READ, STAFF),
    "columns": (BOTH, STAFF),
    "view_save": (BOTH, STAFF),
    "view_change": (WRITE, STAFF),
    "view_rename": (BOTH, STAFF),
    "view_move": (WRITE, STAFF),
    "view_share": (WRITE, STAFF),
    "view_remove": (WRITE, STAFF),
    "view_restore": (WRITE, STAFF),
    "bulk": (BOTH, STAFF),
    "batches": (READ, STAFF),
    "batch": (BOTH, STAFF),
    "batch_undo": (WRITE, STAFF),
    "new_ticket": (BOTH, STAFF),
    "ticket": (READ, STAFF),
    "ticket_live": (READ, STAFF),
    "write": (WRITE, STAFF),
    "draft": (WRITE, STAFF),
    "here": (BOTH, STAFF),
    "copies": (BOTH, STAFF),
    "offered_macros": (READ, STAFF),
    "macros": (READ, STAFF),
    "macro_add": (BOTH, STAFF),
    "macro_preview": (WRITE, STAFF),
    "macro_edit": (BOTH, STAFF),
    "macro_delete": (WRITE, STAFF),
    "macro_restore": (WRITE, STAFF),
    "message_html": (READ, STAFF),
    "file": (READ, STAFF),
    "why": (READ, STAFF),
    "undo": (WRITE, STAFF),
    "act_severity": (BOTH, STAFF),
    "act_ask": (BOTH, STAFF),
    "act_withdraw": (BOTH, STAFF),
    "act_progress": (BOTH, STAFF),
    "act_workaround": (BOTH, STAFF),
    "act_fix": (BOTH, STAFF),
    "act_answer": (BOTH, STAFF),
    "act_accepted": (BOTH, STAFF),
    "act_rejected": (BOTH, STAFF),
    "act_lost": (BOTH, STAFF),
    "act_escalate": (BOTH, STAFF),
    "act_third-party": (BOTH, STAFF),
    "act_third-party-over": (BOTH, STAFF),
    "act_force-majeure": (BOTH, MANAGER),
    "act_force-majeure-over": (BOTH, MANAGER),
    "act_close": (BOTH, STAFF),
    "act_reopen": (BOTH, STAFF),
    "act_merge": (BOTH, STAFF),
    "act_assign": (BOTH, STAFF),
    "act_details": (BOTH, STAFF),
    "act_authorise": (BOTH, STAFF),
    "act_attach": (BOTH, STAFF),
    "act_ring-back": (BOTH, STAFF),
    "act_refuse": (BOTH, STAFF),
    "preview_severity": (WRITE, STAFF),
    "preview_ask": (WRITE, STAFF),
    "preview_progress": (WRITE, STAFF),
    "preview_workaround": (WRITE, STAFF),
    "preview_fix": (WRITE, STAFF),
    "preview_answer": (WRITE, STAFF),
    "preview_close": (WRITE, STAFF),
    "act_tags": (BOTH, STAFF),
    "act_fields": (BOTH, STAFF),
    "fields": (READ, STAFF),
    "field_add": (BOTH, MANAGER),
    "field_edit": (BOTH, MANAGER),
    "field_retire": (WRITE, MANAGER),
    "act_method": (BOTH, STAFF),
    "act_on-site": (BOTH, STAFF),
    "preview_on-site": (WRITE, STAFF),
    "activity": (READ, STAFF),
    "act_snooze": (BOTH, STAFF),
    "act_outcome": (BOTH, MANAGER),
    "act_concerned": (BOTH, MANAGER),
    "act_about": (BOTH, MANAGER),
    "follow": (WRITE, STAFF),
    "unfollow": (WRITE, STAFF),
    "unsnooze": (WRITE, STAFF),
    "act_link": (BOTH, STAFF),
    "act_split": (BOTH, STAFF),
    "unlink": (WRITE, STAFF),
    "relink": (WRITE, STAFF),
    "merging": (WRITE, STAFF),
    "workload": (READ, STAFF),
    "assignment": (READ, STAFF),
    "rule_add": (BOTH, MANAGER),
    "rule_edit": (BOTH, MANAGER),
    "rule_move": (WRITE, MANAGER),
    "rule_retire": (WRITE, MANAGER),
    "skill_add": (WRITE, MANAGER),
    "skill_remove": (WRITE, MANAGER),
    "untag": (WRITE, STAFF),
    "retag": (WRITE, STAFF),
    "tags": (READ, STAFF),
    "tag_add": (WRITE, MANAGER),
    "tag_choice": (WRITE, MANAGER),
    "tag_rename": (WRITE, MANAGER),
    "tag_retire": (WRITE, MANAGER),
    "calls": (READ, STAFF),
    "call_new": (BOTH, STAFF),
    "ringing": (READ, STAFF),
    "call_backs": (READ, STAFF),
    "call_back_done": (WRITE, STAFF),
    "call_back_undo": (WRITE, STAFF),
    "call_back_ring": (WRITE, STAFF),
    "call": (READ, STAFF),
    "call_found": (READ, STAFF),
    "call_card": (READ, STAFF),
    "call_caller": (WRITE, STAFF),
    "call_end": (WRITE, STAFF),
    "call_act": (BOTH, STAFF),
    "verification": (READ, STAFF),
    "arrivals": (READ, STAFF),
    "arrival": (READ, STAFF),
    "arrival_raw": (READ, STAFF),
    "retake": (WRITE, STAFF),
    "discard": (WRITE, STAFF),
    "quarantine": (READ, STAFF),
    "outbox": (READ, STAFF),
    "letter": (READ, STAFF),
    "letter_raw": (READ, STAFF),
    "letter_html": (READ, STAFF),
    "letter_retry": (WRITE, STAFF),
    "demo_outgoing": (READ, STAFF),
    "clients": (READ, STAFF),
    "client_add": (BOTH, MANAGER),
    "client": (READ, STAFF),
    "client_edit": (BOTH, MANAGER),
    "contract_add": (BOTH, MANAGER),
    "contract_end": (BOTH, MANAGER),
    "override_add": (BOTH, MANAGER),
    "override_preview": (WRITE, MANAGER),
    "override_end": (BOTH, MANAGER),
    "out_of_hours_add": (BOTH, MANAGER),
    "out_of_hours_end": (BOTH, MANAGER),
    "client_users": (READ, STAFF),
    "client_user_add": (BOTH, MANAGER),
    "client_user": (READ, STAFF),
    "client_user_change": (WRITE, MANAGER),
    "client_invite": (BOTH, MANAGER),
    "client_user_invite": (WRITE, MANAGER),
    "client_invitation_again": (WRITE, MANAGER),
    "client_invitation_withdraw": (WRITE, MANAGER),
    "client_user_end": (BOTH, MANAGER),
    "client_address_add": (WRITE, MANAGER),
    "client_address_remove": (WRITE, MANAGER),
    "agreements": (READ, STAFF),
    "agreement_install": (BOTH, ADMINISTRATOR),
    "agreement_preview": (WRITE, ADMINISTRATOR),
    "agreement": (READ, STAFF),
    "agreement_file": (READ, STAFF),
    "holidays": (READ, STAFF),
    "holiday_change": (BOTH, ADMINISTRATOR),
    "products": (READ, STAFF),
    "product_add": (WRITE, ADMINISTRATOR),
    "product_rename": (WRITE, ADMINISTRATOR),
    "teams": (READ, STAFF),
    "team_add": (WRITE, ADMINISTRATOR),
    "team_rename": (WRITE, ADMINISTRATOR),
    "member_add": (WRITE, ADMINISTRATOR),
    "member_remove": (WRITE, ADMINISTRATOR),
    "people": (READ, ADMINISTRATOR),
    "invite": (WRITE, ADMINISTRATOR),
    "set_role": (WRITE, ADMINISTRATOR),
    "set_active": (WRITE, ADMINISTRATOR),
    "mailboxes": (READ, ADMINISTRATOR),
    "mailbox_add": (WRITE, ADMINISTRATOR),
    "mailbox_test": (WRITE, ADMINISTRATOR),
    "mailbox_pause": (WRITE, ADMINISTRATOR),
    "texts": (READ, ADMINISTRATOR),
    "text": (BOTH, ADMINISTRATOR),
    "text_preview": (WRITE, ADMINISTRATOR),
    "text_restore": (WRITE, ADMINISTRATOR),
    "text_test": (WRITE, ADMINISTRATOR),
    "letter_look": (READ, ADMINISTRATOR),
    "brand": (BOTH, ADMINISTRATOR),
    "brand_preview": (WRITE, ADMINISTRATOR),
    "brand_again": (WRITE, ADMINISTRATOR),
    "client_mail": (BOTH, MANAGER),
    "client_sign_in": (BOTH, MANAGER),
    "health": (READ, STAFF),
    "feedback": (READ, MANAGER),
    "feedback_csv": (READ, MANAGER),
    "survey_manner": (BOTH, MANAGER),
    "complaint_list": (READ, MANAGER),
    "remarks": (READ, STAFF),
    "remark_seen": (WRITE, STAFF),
    "sources": (BOTH, ADMINISTRATOR),
    "source_origins": (WRITE, ADMINISTRATOR),
    "source_rotate": (WRITE, ADMINISTRATOR),
    "source_end": (WRITE, ADMINISTRATOR),
    "secret_end": (WRITE, ADMINISTRATOR),
}
RANK = {"ida": 1, "jon": 1, "mara": 2, "ada": 3}
NEEDS = {STAFF: 1, MANAGER: 2, ADMINISTRATOR: 3}
SAMPLES: dict[str, Any] = {
    "key": "open",
    "field": "severity",
    "act": "assign",
    "view_id": 1_000_000,
    "batch_id": 1_000_000,
    "reference": "MST-999999-9",
    "pane": "note",
    "message_id": 1,
    "file_id": 1,
    "clock": "response",
    "arrival_id": 1,
    "letter_id": uuid.UUID(int=1),
    "person_id": 1_000_000,
    "mailbox_id": 1_000_000,
    "client": "nobody-at-all",
    "contract_id": 1_000_000,
    "override_id": 1_000_000,
    "call_id": 1_000_000,
    "call_back_id": 1_000_000,
    "number_id": 1_000_000,
    "membership_id": 1_000_000,
    "invitation_id": 1_000_000,
    "address_id": 1_000_000,
    "agreement_id": 1_000_000,
    "issue_id": 1_000_000,
    "article_id": 1_000_000,
    "number": 1_000_000,
    "news_id": 1_000_000,
    "release_id": 1_000_000,
    "round_id": 1_000_000,
    "announcement_id": 1_000_000,
    "edition_id": 1_000_000,
    "table_id": 1_000_000,
    "team_id": 1_000_000,
    "macro_id": 1_000_000,
    "tag_id": 1_000_000,
    "field_id": 1_000_000,
    "link_id": 1_000_000,
    "kind": "related",
    "other": "MST-999999-9",
    "rule_id": 1_000_000,
    "skill_id": 1_000_000,
    "product_id": 1_000_000,
    "session_id": 1_000_000,
    "remark_id": 1_000_000,
    "source_id": 1_000_000,
    "secret_id": 1_000_000,
    "screen_id": 1_000_000,
    "brand_id": 1_000_000,
    "token": "nothing",
    "scheme": "light",
}


def path_to(name: str) -> str:
    route = next(route for route in urls.urlpatterns if route.name == name)
    return reverse(f"console:{name}", kwargs={key: SAMPLES[key] for key in route.pattern.converters})


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {route.name for route in urls.urlpatterns} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_the_door_is_what_the_row_says(name: str) -> None:
    route = next(route for route in urls.urlpatterns if route.name == name)
    methods, role = route.callback.door  # type: ignore[union-attr]  # set by `access.door`
    assert (set(methods), role) == TABLE[name]


def test_each_route_lets_in_whom_its_row_names_and_nobody_else(browse: Browse) -> None:
    wrong = []
    for who, rank in RANK.items():
        browser = browse(who)
        for name, (methods, role) in TABLE.items():
            for method in methods:
                status = getattr(browser, method.lower())(path_to(name)).status_code
                if (status == 403) != (rank < NEEDS[role]) or status >= 500:
                    wrong.append(f"{who} {method} {name}: {status}")
    assert wrong == []


def test_nobody_comes_in_without_signing_in(desk: Desk) -> None:
    for name, (methods, _) in TABLE.items():
        for method in methods:
            answer = getattr(Client(), method.lower())(path_to(name))
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/"), (
                name
            )


def test_a_client_who_is_signed_in_comes_no_further(browse: Browse) -> None:
    ana = browse("ana")
    assert ana.get(path_to("home"))["Location"] == "/portal/", "who typed no more than our name"
    for name, (methods, _) in TABLE.items():
        for method in methods:
            assert name == "home" or getattr(ana, method.lower())(path_to(name)).status_code == 403, name


def test_other_methods_are_refused(browse: Browse) -> None:
    ada = browse("ada")
    for name, (methods, _) in TABLE.items():
        for method in {"GET", "POST", "PUT", "DELETE"} - methods:
            assert getattr(ada, method.lower())(path_to(name)).status_code == 405, name


def test_a_person_who_is_shut_out_loses_the_pages_with_the_next_request(desk: Desk, browse: Browse) -> None:
    """Class C12: revoking kills pages at once; each request asks for an active person."""
    ida = browse("ida")
    assert ida.get("/views/open/").status_code == 200
    type(desk.person["ida"]).objects.filter(pk=desk.person["ida"].pk).update(is_active=False)
    assert ida.get("/views/open/").status_code == 302


def test_a_script_that_is_signed_out_is_told_so_without_being_sent_away(desk: Desk) -> None:
    answer = Client().get("/views/open/rows/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "what you typed is kept" in answer.content.decode()


def test_a_post_without_its_token_changes_nothing(desk: Desk) -> None:
    """Class C19."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.person["ada"], backend="django.contrib.auth.backends.ModelBackend")
    for name, (methods, _) in TABLE.items():
        if "POST" in methods:
            assert strict.post(path_to(name)).status_code == 403, name
