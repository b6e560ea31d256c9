"""Words from inside a product (R3.2a, R3.2b, R3.10a): signed, taken once, from whom the product says."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mainstay.contracts.models import Product
from mainstay.feedback import products, sources, tokens
from mainstay.feedback.models import Knock, Remark, Secret, Sent, Source
from mainstay.feedback.tokens import Claims
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from tests.desk import LONG_AGO, Desk
from tests.house import floor

ORIGIN = "https://app.vendor.example"
WORDS = "Since nine o'clock none of our smartcards are read at the front desk."
Sign = Callable[..., str]


class Shop:
    """A product that signs for its users, as its own server would."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        product = Product.objects.create(key="lantern", name="Lantern")
        self.source, self.secret = sources.open_source(
            product=product, origins=[ORIGIN], by=desk.person["ada"], at=LONG_AGO
        )
        self.key_id = Secret.objects.get().key_id
        self.made = 0

    def sign(self, email: str = "ana@acme.example", **other: Any) -> str:
        self.made += 1
        claims = Claims(other.pop("jti", f"token-{self.made:08}"), email, other.pop("name", "Ana Okafor"), other.pop("org", ""))
        said = {"key_id": self.key_id, "secret": self.secret, "at": self.desk.now, **other}
        return tokens.sign(claims, **said)

    def send(self, token: str | None = None, *, key: str = "", **said: str) -> Any:
        headers = {"Authorization": f"Bearer {self.sign() if token is None else token}"}
        if key:
            headers["Idempotency-Key"] = key
        body = json.dumps({"kind": "request", "text": WORDS, **said})
        answer = Client(enforce_csrf_checks=True).post(
            "/feedback/", body, content_type="application/json", headers=headers
        )
        self.desk.work()
        return answer


@pytest.fixture
def shop(desk: Desk) -> Shop:
    return Shop(desk)


def test_a_request_of_somebody_authorised_is_theirs_and_acknowledged(desk: Desk, shop: Shop) -> None:
    answer = shop.send(subject="Cards are not read", page="/desk/cards")
    ticket = Ticket.objects.get()

    assert answer.status_code == 201
    assert answer.json()["reference"] == ticket.reference
    assert (ticket.channel, ticket.verified, ticket.organisation) == ("product", True, desk.acme)
    assert (ticket.requester, ticket.product.name, ticket.subject) == (
        desk.person["ana"], "Lantern", "Cards are not read",
    )  # fmt: skip
    assert desk.clock(ticket, "response").start == "Mon 08:00" or desk.clock(ticket, "response").state
    assert [letter.kind for letter in desk.sent("ana")] == ["acknowledgement"]
    assert "/desk/cards" in ticket.messages.earliest("pk").text


def test_a_complaint_is_a_case_for_managers(desk: Desk, shop: Shop) -> None:
    answer = shop.send(kind="complaint", text="Nobody rings back.")
    case = Ticket.objects.get()

    assert (answer.json()["kind"], case.kind, case.organisation) == ("complaint", "complaint", desk.acme)
    assert desk.clock(case, "complaint").target == "7 calendar days"
    assert f"{case.reference}: a complaint has come in" in desk.notices("mara")
    assert "complaint" in desk.sent("ana")[-1].text


def test_a_remark_promises_nothing_and_starts_no_clock(desk: Desk, shop: Shop) -> None:
    answer = shop.send(kind="feedback", text="The new list is lovely.")
    remark = Remark.objects.get()

    assert (answer.status_code, answer.json()["reference"]) == (201, "")
    assert (remark.text, remark.person, remark.organisation) == (
        "The new list is lovely.", desk.person["ana"], desk.acme,
    )  # fmt: skip
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("email", ["stranger@elsewhere.example", "bo@acme.example"])
@pytest.mark.parametrize("kind", ["request"])
def test_whoever_is_not_authorised_is_held_and_told_the_same(desk: Desk, shop: Shop, email: str, kind: str) -> None:
    """R3.2b: the answer of the door tells nobody who is known."""
    known = shop.send(kind=kind).json()
    other = shop.send(shop.sign(email), kind=kind)
    held = Ticket.objects.latest("pk")

    assert (held.verified, held.organisation, held.requester) == (False, None, None)
    assert other.status_code == 201
    assert {**other.json(), "reference": ""} | {"message": ""} == {**known, "reference": ""} | {"message": ""}
    assert other.json()["message"].replace(held.reference, "") == known["message"].replace(known["reference"], "")
    assert "Acme" not in desk.sent(kind="neutral_acknowledgement")[-1].text


def test_staff_and_people_shut_out_are_nobody_here(desk: Desk, shop: Shop) -> None:
    desk.person["cleo"].is_active = False
    desk.person["cleo"].save()
    for email in ("ida@vendor.example", "cleo@carrow.example"):
        shop.send(shop.sign(email))
        assert not Ticket.objects.latest("pk").verified


def test_an_organisation_that_is_not_theirs_makes_them_nobody(desk: Desk, shop: Shop) -> None:
    shop.send(shop.sign(org=desk.carrow.key))
    assert not Ticket.objects.get().verified
    shop.send(shop.sign(org=desk.acme.key))
    assert Ticket.objects.latest("pk").organisation == desk.acme


def test_a_token_is_used_once(desk: Desk, shop: Shop) -> None:
    """Class C8: what comes again gets its answer again; for something else it is refused."""
    token = shop.sign()
    first, again, other = shop.send(token), shop.send(token), shop.send(token, text="Something else.")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert Ticket.objects.count() == 1


def test_a_key_of_the_sender_makes_it_safe_to_send_again_with_a_new_token(desk: Desk, shop: Shop) -> None:
    first, again = shop.send(key="order-7"), shop.send(key="order-7")
    other = shop.send(key="order-7", text="Something else.")
    of_another = shop.send(shop.sign("cleo@carrow.example"), key="order-7")

    assert (first.status_code, again.status_code, other.status_code, of_another.status_code) == (201, 200, 409, 201)
    assert Ticket.objects.count() == 2


def _bad(shop: Shop) -> dict[str, str]:
    good, now = shop.sign(), shop.desk.now
    none = tokens.jwt.encode({"aud": tokens.AUDIENCE, "email": "ana@acme.example"}, "", algorithm="none")
    other = tokens.jwt.encode(
        {"aud": "elsewhere", "iat": now.timestamp(), "exp": now.timestamp() + 60, "jti": "x" * 9, "email": "a@b.example"},
        shop.secret, algorithm="HS256", headers={"kid": shop.key_id},
    )  # fmt: skip
    return {
        "none at all": "",
        "no token": "x" * 50,
        "cut": good[:-4],
        "another secret": shop.sign(secret="s" * 48),
        "unknown key": shop.sign(key_id="ffffffffffff"),
        "algorithm none": none,
        "another audience": other,
        "too old": shop.sign(at=now - timedelta(minutes=7)),
        "from the future": shop.sign(at=now + timedelta(minutes=3)),
        "lives for a day": shop.sign(life=timedelta(days=1)),
        "an id too short": shop.sign(jti="1"),
        "no address": shop.sign("nobody"),
        "an address with a line in it": shop.sign("ana@acme.example\nBcc: x@y.example"),
        "huge": "a" * 10_000,
        "null in the key": shop.sign(key_id="\x00"),
    }


def test_what_is_not_genuine_is_refused_and_nothing_is_written(desk: Desk, shop: Shop) -> None:
    for what, token in _bad(shop).items():
        answer = shop.send(token)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), what
        assert shop.secret not in answer.content.decode()
    assert (Ticket.objects.count(), Sent.objects.count()) == (0, 0)


def test_a_network_that_guesses_is_slowed_down_and_a_genuine_word_from_it_is_taken(desk: Desk, shop: Shop) -> None:
    statuses = [shop.send("guess").status_code for _ in range(products.PER_NETWORK + 2)]
    assert (set(statuses[:-2]), statuses[-2:]) == ({401}, [429, 429])
    assert shop.send().status_code == 201
    desk.advance(minutes=11)
    assert shop.send("guess").status_code == 401
    assert products.forget_knocks(desk.now + timedelta(days=2)) == products.PER_NETWORK + 1
    assert Knock.objects.count() == 0


def test_one_person_can_send_so_much_in_an_hour(desk: Desk, shop: Shop) -> None:
    for number in range(products.PER_PERSON):
        assert shop.send(text=f"Number {number}").status_code == 201
    refused = shop.send(text="One more")
    assert refused.status_code == 429
    assert "ring us" in refused.json()["detail"]
    assert shop.send(shop.sign("cleo@carrow.example")).status_code == 201
    desk.advance(minutes=61)
    assert shop.send(text="One more").status_code == 201


def test_a_rotated_secret_goes_on_for_a_day_and_a_revoked_one_ends_at_once(desk: Desk, shop: Shop) -> None:
    new = sources.rotate(source=shop.source, by=desk.person["ada"], at=desk.now)
    assert new not in "".join(Secret.objects.values_list("sealed", flat=True))
    assert shop.send().status_code == 201
    desk.advance(hours=25)
    assert shop.send().status_code == 401

    shop.secret, shop.key_id = new, Secret.objects.latest("pk").key_id
    assert shop.send(text="Again").status_code == 201
    sources.revoke(secret=Secret.objects.latest("pk"), by=desk.person["ada"], at=desk.now)
    assert shop.send(text="And again").status_code == 401


def test_a_source_that_is_closed_takes_nothing(desk: Desk, shop: Shop) -> None:
    sources.close_source(source=shop.source, by=desk.person["ada"], at=desk.now)
    assert shop.send().status_code == 401
    assert Client().get(f"/feedback/frame/{shop.source.key}/").status_code == 404


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"kind": "love letter"}, 422),
        ({"text": " "}, 422),
        ({"text": "x" * 20_001}, 422),
        ({"text": "a\x00b"}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_why(desk: Desk, shop: Shop, said: dict[str, str], status: int) -> None:
    answer = shop.send(**said)
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"text": 1}', b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_of_text_is_refused(desk: Desk, shop: Shop, body: bytes) -> None:
    answer = Client().post(
        "/feedback/", body, content_type="application/json", headers={"Authorization": f"Bearer {shop.sign()}"}
    )
    assert answer.status_code == 422


def test_a_body_that_is_too_large_is_not_read(desk: Desk, shop: Shop) -> None:
    answer = Client().post(
        "/feedback/", b"x" * 11_000_000, content_type="application/json",
        headers={"Authorization": f"Bearer {shop.sign()}"},
    )  # fmt: skip
    assert answer.status_code == 413


# ---- The form in its frame -----------------------------------------------------------------------------------------


def test_only_the_pages_of_the_product_may_frame_the_form(desk: Desk, shop: Shop) -> None:
    answer = Client().get(f"/feedback/frame/{shop.source.key}/?kind=complaint")

    assert answer.status_code == 200
    assert f"frame-ancestors 'self' {ORIGIN}" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert 'value="complaint" checked' in answer.content.decode()
    assert "X-Frame-Options" in Client().get("/portal/")


def test_a_form_with_a_file_becomes_a_request(desk: Desk, shop: Shop) -> None:
    file = SimpleUploadedFile("../log.txt", b"what was logged", content_type="text/html")
    answer = Client(enforce_csrf_checks=True).post(
        f"/feedback/frame/{shop.source.key}/",
        {"token": shop.sign(), "nonce": "n1", "kind": "request", "text": WORDS, "page": "/x", "attachments": [file]},
    )
    ticket = Ticket.objects.get()
    assert answer.status_code == 200
    assert ticket.reference in answer.content.decode()
    attached = ticket.messages.earliest("pk").attachments.get()
    assert "/" not in attached.name
    assert attached.content_type != "text/html"


def test_a_form_without_a_token_keeps_what_was_typed(desk: Desk, shop: Shop) -> None:
    answer = Client().post(
        f"/feedback/frame/{shop.source.key}/", {"kind": "request", "text": WORDS, "nonce": "n1", "token": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "none of our smartcards" in page
    assert "The product has to say who writes" in page


def test_a_token_of_another_product_opens_nothing(desk: Desk, shop: Shop) -> None:
    other, _ = sources.open_source(
        product=Product.objects.create(key="ferry", name="Ferry"), origins=[], by=desk.person["ada"], at=LONG_AGO
    )
    answer = Client().post(
        f"/feedback/frame/{other.key}/", {"kind": "request", "text": WORDS, "nonce": "n1", "token": shop.sign()}
    )
    assert answer.status_code == 422
    assert Ticket.objects.count() == 0


def test_the_script_may_be_loaded_by_any_page_and_names_no_other_host(desk: Desk) -> None:
    answer = Client().get("/feedback/widget.js")
    script = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "https://" not in script.replace("https://support.example.org", "")
    assert "innerHTML" not in script


@pytest.mark.parametrize(
    "origin", ["https://app.example/path", "http://app.example", "app.example", "*", "https://*.example", "https://a b"]
)
def test_an_origin_is_written_whole_and_safe(desk: Desk, shop: Shop, origin: str) -> None:
    with pytest.raises(CannotDo, match="Write the origin"):
        sources.set_origins(source=shop.source, origins=[origin], by=desk.person["ada"], at=desk.now)
    assert Source.objects.get().origins == [ORIGIN]


def test_what_the_how_to_says_is_so(desk: Desk, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snippet of the page makes a token that is taken, and its example loads the script as it is."""
    page = (floor.ROOT / "docs/howto/put-feedback-into-your-product.md").read_text(encoding="utf-8")
    example = (floor.ROOT / "docs/examples/widget.html").read_text(encoding="utf-8")
    [snippet] = re.findall(r"```python\n(.*?)```", page, flags=re.S)
    names: dict[str, Any] = {}
    exec(textwrap.dedent(snippet), names)
    monkeypatch.setattr(names["time"], "time", lambda: desk.now.timestamp())
    user = {"email": "ana@acme.example", "name": "Ana Okafor", "org": desk.acme.key}
    assert shop.send(names["support_token"](user, shop.secret, shop.key_id)).status_code == 201
    [tag] = re.findall(r"<script src=[^>]*></script>", page)
    assert tag in example
    script = Client().get("/feedback/widget.js").content.decode()
    assert all(f"{name}" in script for name in ("tokenUrl", "key", "button"))
    assert f"{products.PER_PERSON} an hour from one person, {products.PER_ORGANISATION} from one" in page


def test_a_product_has_one_source(desk: Desk, shop: Shop) -> None:
    with pytest.raises(CannotDo, match="already"):
        sources.open_source(product=shop.source.product, origins=[], by=desk.person["ada"], at=desk.now)




def test_the_demonstration_has_a_product_to_try_it_in_and_nothing_else_has(desk: Desk, shop: Shop, settings: Any) -> None:
    page = Client().get("/feedback/example/")
    assert f'data-key="{shop.source.key}" data-token-url="/feedback/example/token/"' in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    signed = Client().get("/feedback/example/token/").content.decode()
    source, claims = products.who(signed, at=desk.now)
    assert source == shop.source
    assert claims.email.endswith("acme.example")
    settings.DEMO = False
    for address in ("/feedback/example/", "/feedback/example/token/"):
        assert Client().get(address).status_code == 404
