"""The out-of-hours number on a client's page, and the number that a user rings from."""

from __future__ import annotations

from mainstay.contracts.models import OutOfHours
from tests.console.conftest import Browse
from tests.desk import Desk


def test_a_manager_records_and_ends_the_number_of_a_client(desk: Desk, browse: Browse) -> None:
    mara, contract = browse("mara"), desk.contract(desk.acme)
    said = {"number": "01632 960999", "words": "Severity 1 only.", "first_day": "2026-01-12"}
    answer = mara.post(f"/clients/acme-health/contracts/{contract.pk}/out-of-hours/", said)
    assert answer.status_code == 302
    page = mara.get("/clients/acme-health/").content.decode()
    assert "+44 1632 960999" in page
    assert "recorded the out-of-hours number of Order of Acme Health" in page
    row = OutOfHours.objects.get()
    mara.post(f"/clients/acme-health/out-of-hours/{row.pk}/end/", {"last_day": "2026-01-20"})
    row.refresh_from_db()
    assert row.active_to is not None


def test_what_is_no_number_comes_back_with_words(desk: Desk, browse: Browse) -> None:
    contract = desk.contract(desk.acme)
    path = f"/clients/acme-health/contracts/{contract.pk}/out-of-hours/"
    answer = browse("mara").post(path, {"number": "soon", "first_day": "2026-01-12"})
    assert answer.status_code == 422
    assert "soon is no telephone number" in answer.content.decode()


def test_a_manager_keeps_the_number_that_a_user_rings_from(desk: Desk, browse: Browse) -> None:
    membership = desk.person["ana"].memberships.get()
    path = f"/clients/acme-health/users/{membership.pk}/"
    said = {"name": "Ana Okafor", "role": "Service desk lead", "may_raise": "on", "phone": "(01632) 960 123"}
    assert browse("mara").post(f"{path}change/", said).status_code == 302
    desk.person["ana"].refresh_from_db()
    assert desk.person["ana"].phone == "+441632960123"
    page = browse("mara").get(path).content.decode()
    assert "+44 1632 960123" in page
    assert "changed the telephone number of Ana Okafor" in page
