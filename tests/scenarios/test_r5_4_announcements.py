"""Pack, clause 5.4: a change of features is announced in advance, to the clients concerned, with who was told and when."""

from __future__ import annotations

from datetime import date

import pytest

from mainstay.contracts.models import ContractProduct, Product
from mainstay.orgs.models import Organisation
from mainstay.releases import announcing, queries
from mainstay.releases.announcing import Wording
from mainstay.releases.models import Announcement, Edition
from mainstay.tickets.actions import CannotDo
from tests.desk import Desk

DAY = date(2026, 1, 26)  # two weeks after the Monday of the story


@pytest.fixture
def rota(desk: Desk) -> Product:
    """A product that Acme has and Carrow has not."""
    made = Product.objects.create(key="rota", name="Rota")
    ContractProduct.objects.create(contract=desk.contract(desk.acme), product=made)
    return made


def wording(title: str = "Lists in two columns", *products: Product, clients: tuple[Organisation, ...] = ()) -> Wording:
    return Wording(title, "Lists are printed in two columns from then on.", DAY, products, clients)


def sent(desk: Desk, said: Wording) -> Announcement:
    made = announcing.draft(wording=said, by=desk.person["mara"], at=desk.now)
    announcing.send(announcement=made, by=desk.person["mara"], at=desk.now)
    desk.work()
    return made


def told(desk: Desk) -> list[tuple[str, ...]]:
    return [one.to for one in desk.sent(kind="announcement")]


def test_whoever_is_concerned_is_told_with_the_notice_that_it_is(desk: Desk, rota: Product) -> None:
    made = sent(desk, wording("Lists in two columns", rota))
    (letter,) = desk.sent(kind="announcement")
    assert letter.to == ("ana",)  # Bo may raise nothing, Carrow has not got it
    assert letter.subject == "A change is coming: Lists in two columns"
    assert "It takes effect on Monday 26 January 2026. That is 14 days' notice." in letter.text.replace("\r", "")
    edition = Edition.objects.get()
    assert (edition.announcement, edition.notice_days, edition.finished_at) == (made, 14, desk.now)
    (recipient,) = queries.recipients_of(edition)
    assert (recipient.person, recipient.outcome, recipient.told_at) == (desk.person["ana"], "told", desk.now)
    assert recipient.letter is not None
    assert recipient.letter.accepted_at == desk.now


def test_without_products_everybody_is_told_and_nobody_learns_of_the_others(desk: Desk, rota: Product) -> None:
    sent(desk, wording())
    assert told(desk) == [("ana",), ("cleo",)]


def test_some_clients_only(desk: Desk, rota: Product) -> None:
    made = sent(desk, wording(clients=(desk.carrow,)))
    assert told(desk) == [("cleo",)]
    seen = [name for name in ("ana", "bo", "cleo", "ida") if _sees(desk, name, made)]
    assert seen == ["cleo", "ida"]


def _sees(desk: Desk, who: str, made: Announcement) -> bool:
    return queries.visible_announcements(desk.person[who], at=desk.now).filter(pk=made.pk).exists()


def test_a_draft_is_seen_by_the_desk_only_and_told_to_nobody(desk: Desk, rota: Product) -> None:
    made = announcing.draft(wording=wording(), by=desk.person["mara"], at=desk.now)
    desk.work()
    assert told(desk) == []
    assert [name for name in ("ana", "ida") if _sees(desk, name, made)] == ["ida"]


def test_a_correction_keeps_what_was_said_and_tells_everybody_again(desk: Desk, rota: Product) -> None:
    made = sent(desk, wording("Two columns", rota))
    desk.advance(days=2)
    later = Wording("Two columns", "In March.", date(2026, 3, 2), (rota,))
    announcing.correct(
        announcement=made, wording=later, reason="It needs longer.", by=desk.person["mara"], at=desk.now
    )
    desk.work()
    letter = desk.sent(kind="announcement")[-1]
    assert letter.subject == "Correction: Two columns"
    assert "It needs longer." in letter.text
    corrected, first = queries.editions_of(made)
    assert (first.effective_on, corrected.effective_on, corrected.notice_days) == (DAY, date(2026, 3, 2), 47)


def test_whoever_was_told_hears_of_a_correction_even_if_it_no_longer_concerns_them(desk: Desk, rota: Product) -> None:
    made = sent(desk, wording("Two columns"))
    announcing.correct(
        announcement=made, wording=wording("Two columns", rota), reason="Only in Rota.", by=desk.person["mara"],
        at=desk.now,
    )  # fmt: skip
    desk.work()
    assert told(desk)[2:] == [("ana",), ("cleo",)]


def test_withdrawing_says_that_it_does_not_come(desk: Desk, rota: Product) -> None:
    made = sent(desk, wording("Two columns", rota))
    announcing.withdraw(announcement=made, reason="It was not liked.", by=desk.person["mara"], at=desk.now)
    desk.work()
    letter = desk.sent(kind="announcement_withdrawn")[-1]
    assert letter.subject == "Withdrawn: Two columns"
    assert "We told you of a change on Monday 26 January 2026" in letter.text
    assert "This change does not come, for now." in letter.text
    assert "notice" not in letter.text
    assert "takes effect" not in letter.text
    with pytest.raises(CannotDo, match="was withdrawn"):
        announcing.correct(
            announcement=made, wording=wording(), reason="No.", by=desk.person["mara"], at=desk.now
        )


def test_who_cannot_be_written_to_is_shown(desk: Desk, rota: Product) -> None:
    desk.person["ana"].email = "no address"
    desk.person["ana"].save()
    sent(desk, wording("Two columns", rota))
    (recipient,) = queries.recipients_of(Edition.objects.get())
    assert (recipient.outcome, recipient.reason) == ("unreached", "There is no e-mail address to write to.")


def test_sending_twice_or_too_late_or_to_nobody_is_refused(desk: Desk, rota: Product) -> None:
    made = sent(desk, wording())
    with pytest.raises(CannotDo, match="sent already"):
        announcing.send(announcement=made, by=desk.person["mara"], at=desk.now)
    with pytest.raises(CannotDo, match="It has been sent"):
        announcing.draft(announcement=made, wording=wording(), by=desk.person["mara"], at=desk.now)
    past = announcing.draft(
        wording=Wording("Old", "Old.", date(2026, 1, 1)), by=desk.person["mara"], at=desk.now
    )
    with pytest.raises(CannotDo, match="is past"):
        announcing.send(announcement=past, by=desk.person["mara"], at=desk.now)
    lonely = Product.objects.create(key="lonely", name="Lonely")
    nobody = announcing.draft(wording=wording("To nobody", lonely), by=desk.person["mara"], at=desk.now)
    with pytest.raises(CannotDo, match="concerns nobody"):
        announcing.send(announcement=nobody, by=desk.person["mara"], at=desk.now)
    nobody.refresh_from_db()
    assert nobody.stage == "draft"


def test_the_job_tells_nobody_twice(desk: Desk, rota: Product) -> None:
    sent(desk, wording())
    announcing.work({"edition": Edition.objects.get().pk}, at=desk.now)
    desk.work()
    assert len(told(desk)) == 2


@pytest.mark.parametrize(("days", "words"), [(14, "That is 14 days' notice."), (1, "That is 1 day's notice."),
                                             (0, "It takes effect today."), (-1, "It has taken effect already.")])  # fmt: skip
def test_the_notice_is_said_in_days(days: int, words: str) -> None:
    assert announcing.notice_words(days) == words
