"""Agreements and holidays: read, compared, checked, installed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstay import agreements
from mainstay.contracts.models import AgreementVersion, HolidayTable
from tests.console.conftest import Browse
from tests.console.pages import nonce, text
from tests.console.sheets import send
from tests.desk import Desk


def changed(version: str = "2026.2") -> str:
    source = agreements.source("standard").replace('version = "2026.1"', f'version = "{version}"')
    return source.replace('targets = { 1 = "1h", 2 = "1h", 3 = "4h", 4 = "8h" }', 'targets = { 1 = "30min", 2 = "1h", 3 = "4h", 4 = "8h" }')  # fmt: skip


def test_an_agreement_is_told_in_plain_words_with_its_clauses(desk: Desk, browse: Browse) -> None:
    shown = text(browse("ida").get(f"/agreements/{desk.agreement.pk}/"))
    assert "Response, severity 1 1 h in core hours" in shown
    assert "5 (Response Time)" in shown
    assert "clients with 24x7 coverage" in shown


def test_a_version_is_installed_from_a_file_and_compared_with_the_one_before(
    desk: Desk, browse: Browse
) -> None:
    ada = browse("ada")
    file = SimpleUploadedFile("ours.toml", changed().encode())
    answer = ada.post("/agreements/install/", {"nonce": nonce(ada.get("/agreements/install/")), "file": file})
    assert answer["Location"] == "/agreements/"
    made = AgreementVersion.objects.get(version="2026.2")
    assert made.installed_by == "Ada Whit"
    shown = text(browse("ida").get(f"/agreements/{made.pk}/?against={desk.agreement.pk}"))
    assert "From Standard 2026.1 to Standard 2026.2" in shown
    assert "Response, severity 1 clients with core coverage 1 h in core hours 30 min in core hours" in shown
    assert "Standard 2026.2" in text(browse("ida").get("/agreements/"))
    assert browse("ida").get(f"/agreements/{made.pk}/file/").content.decode() == changed()


def test_every_fault_of_an_agreement_has_its_line_and_the_text_stays(browse: Browse) -> None:
    wrong = changed().replace('4 = "8h"', '4 = "whenever"', 1).replace("\n", "\r\n")
    answer = send(browse("ada"), "/agreements/install/", source=wrong)
    line = (
        changed()
        .splitlines()
        .index(next(row for row in changed().splitlines() if 'targets = { 1 = "30min"' in row))
        + 1
    )
    assert answer.status_code == 422
    assert f"Line {line} commitment[0].targets.4" in text(answer)
    assert "whenever" in answer.content.decode()
    assert AgreementVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Choose a file or paste its text."),
        ({"source": "[agreement"}, "this is no TOML"),
        ({"source": changed("2026.1")}, "is installed with other content"),
    ],
)
def test_what_cannot_be_installed_is_refused_in_words(
    browse: Browse, said: dict[str, str], told: str
) -> None:
    answer = send(browse("ada"), "/agreements/install/", **said)
    assert answer.status_code == 422
    assert told in text(answer)


def test_an_uploaded_file_with_faults_comes_back_as_text_to_be_mended(browse: Browse) -> None:
    ada = browse("ada")
    file = SimpleUploadedFile("ours.toml", changed().replace('3 = "4h"', '3 = "later"', 1).encode())
    answer = ada.post("/agreements/install/", {"file": file})
    assert answer.status_code == 422
    assert "later" in answer.content.decode().split("<textarea")[1]
    binary = SimpleUploadedFile("ours.toml", b"\xff\xfe\x00")
    assert "not UTF-8" in text(ada.post("/agreements/install/", {"file": binary}))


def test_the_check_says_what_an_agreement_changes_before_it_is_installed(browse: Browse) -> None:
    answer = browse("ada").post("/agreements/preview/", {"source": changed()})
    assert "standard 2026.2 is sound. Beside standard 2026.1, this differs:" in text(answer)
    assert "30 min in core hours" in text(answer)
    assert AgreementVersion.objects.count() == 1


def test_holidays_are_shown_by_year(desk: Desk, browse: Browse) -> None:
    table = HolidayTable.objects.get()
    shown = text(browse("ida").get(f"/holidays/{table.pk}/"))
    assert "Fri 25 Dec Christmas Day" in shown


def test_a_changed_table_shows_what_it_moves_and_then_moves_it(desk: Desk, browse: Browse) -> None:
    """Reading 21: which clocks move is shown before; open clocks move, and each says so in its log."""
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 3, arrives="Mon 10:00")
    before = desk.clock(ticket, "resolution").due
    table, ada = HolidayTable.objects.get(), browse("ada")
    path = f"/holidays/{table.pk}/change/"
    days = ada.get(path).content.decode().split('name="dates"')[1].split(">", 1)[1].split("</textarea>")[0]
    said = {
        "name": "england", "version": "2026.9", "reason": "Announced",
        "dates": days.replace("&#x27;", "'").replace("&#39;", "'") + "2026-01-14 A day announced\n",
    }  # fmt: skip
    looked = ada.post(path, {**said, "step": "look", "nonce": nonce(ada.get(path))})
    assert looked.status_code == 200
    assert ticket.reference in text(looked)
    assert not HolidayTable.objects.filter(version="2026.9").exists()
    done = ada.post(path, {**said, "step": "install", "nonce": nonce(looked)})
    assert done["Location"] == "/agreements/"
    desk.work()
    assert desk.clock(ticket, "resolution").due != before
    assert HolidayTable.objects.get(version="2026.9").installed_by == "Ada Whit"


@pytest.mark.parametrize("step", ["look", "install"])
def test_faults_of_a_table_are_told_line_by_line(browse: Browse, step: str) -> None:
    table = HolidayTable.objects.get()
    said = {"name": "england", "version": "9", "reason": "Why not", "step": step}
    answer = browse("ada").post(
        f"/holidays/{table.pk}/change/",
        {**said, "dates": "2026-02-30 Never\n2026-12-25\n2026-12-26 Boxing Day\n"},
    )
    assert answer.status_code == 422
    assert "Line 1 '2026-02-30' is no day." in text(answer)
    assert "Line 2 2026-12-25 has no name." in text(answer)
    assert "Boxing Day" in answer.content.decode()
