"""What the fault tests share: a furnished installation to copy, a sink for what leaves, a mailbox for what comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .desk import FULL, Databases, Desk, Template
from .mailboxes import DOVECOT, Mailbox, dovecot, pymap
from .sink import Sink, sink

FURNISH = """
from datetime import UTC, datetime
from mainstay.contracts import actions as contracts
from mainstay.contracts.models import AgreementVersion
from mainstay.orgs import actions as orgs
long_ago = datetime(2026, 1, 5, 9, tzinfo=UTC)
acme = orgs.add_organisation(name="Acme Health", at=long_ago, domains=["acme.example"])
contracts.sign_contract(organisation=acme, agreement=AgreementVersion.objects.get(), coverage="core",
                        document="Order 1", active_from=long_ago, at=long_ago)
ana = orgs.add_person(name="Ana Okafor", email="ana@acme.example", at=long_ago)
orgs.authorise(person=ana, organisation=acme, role="Service desk lead", at=long_ago)
ida = orgs.add_person(name="Ida Flint", email="ida@vendor.example", at=long_ago, staff_role="support")
jon = orgs.add_person(name="Jon Reyes", email="jon@vendor.example", at=long_ago, staff_role="technical")
orgs.add_team(key="support", name="Support", members=[ida])
orgs.add_team(key="technical", name="Technical Team", members=[jon])
"""


def pytest_report_header() -> str:
    server = "Dovecot" if DOVECOT else "pymap, for Dovecot is not installed"
    return f"fault tests: {'full' if FULL else 'sampled; `make faults` runs all'}; mailboxes on {server}"


@pytest.fixture(scope="session")
def databases() -> Databases:
    return Databases()


@pytest.fixture(scope="session")
def template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    made = Template(databases, tmp_path_factory.mktemp("template"), FURNISH)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """Dovecot where it is installed; pymap, which comes by pip and is slower, where it is not."""
    with dovecot() if DOVECOT else pymap(tmp_path_factory.mktemp("pymap")) as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(mail_server: Mailbox) -> Mailbox:
    """An empty mailbox on a real IMAP server."""
    mail_server.empty()
    return mail_server


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Sink]:
    """Where the product's mail goes."""
    with sink(tmp_path / "taken.jsonl") as made:
        yield made


@pytest.fixture
def desk(template: Template, tmp_path: Path, mailbox: Mailbox, out: Sink) -> Iterator[Desk]:
    """A furnished desk that reads `mailbox` and sends to `out`."""
    with template.desk(tmp_path / "desk", MAINSTAY_MAIL_IN=mailbox.url(), MAINSTAY_MAIL_OUT=out.url) as made:
        made.ask(
            "from mainstay.mail.actions import adopt_configured_mailboxes as adopt\n"
            "from mainstay.lib.time import now\nanswer = len(adopt(at=now()))"
        )
        yield made
