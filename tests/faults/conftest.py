"""What the fault tests share: a furnished installation to copy, a sink for what leaves, a mailbox for what comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from .desk import FULL, Databases, Desk, Template
from .mailboxes import DOVECOT, Mailbox, Relay, dovecot, pymap, relay
from .sink import Sink, sink

FURNISH = """
from datetime import UTC, datetime
from mainstay.contracts import actions as contracts
from mainstay.contracts.models import AgreementVersion
from mainstay.orgs import actions as orgs
from mainstay.orgs import teams
long_ago = datetime(2026, 1, 5, 9, tzinfo=UTC)
acme = orgs.add_organisation(name="Acme Health", at=long_ago, domains=["acme.example"])
contracts.sign_contract(organisation=acme, agreement=AgreementVersion.objects.get(), coverage="core",
                        document="Order 1", active_from=long_ago, at=long_ago)
beta = orgs.add_organisation(name="Beta Health", at=long_ago)
contracts.sign_contract(organisation=beta, agreement=AgreementVersion.objects.get(), coverage="24x7",
                        document="Order 2", active_from=long_ago, at=long_ago)
ana = orgs.add_person(name="Ana Okafor", email="ana@acme.example", at=long_ago)
orgs.authorise(person=ana, organisation=acme, role="Service desk lead", at=long_ago)
ida = orgs.add_person(name="Ida Flint", email="ida@vendor.example", at=long_ago, staff_role="support")
jon = orgs.add_person(name="Jon Reyes", email="jon@vendor.example", at=long_ago, staff_role="technical")
teams.add(key="support", name="Support", members=[ida])
teams.add(key="technical", name="Technical Team", members=[jon])
"""


def pytest_report_header() -> str:
    server = "Dovecot" if DOVECOT else "pymap, for Dovecot is not installed"
    return f"fault tests: {'full' if FULL else 'sampled; `make faults` runs all'}; mailboxes on {server}"


ADOPT = """
from mainstay.lib.time import now
from mainstay.mail.actions import adopt_configured_mailboxes
adopt_configured_mailboxes(at=now())
"""
FIGURES: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("faults: what was done and what came of it")
        for line in FIGURES:
            terminalreporter.write_line(line)


@pytest.fixture
def figures() -> Callable[[str], None]:
    """Take a line of figures for the end of the run."""
    return FIGURES.append


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


@pytest.fixture(scope="session")
def relayed(mail_server: Mailbox) -> Iterator[Relay]:
    with relay(mail_server.port) as made:
        yield made


@pytest.fixture
def front(relayed: Relay) -> Relay:
    """A relay before the mailbox's server, which misbehaves when told to."""
    relayed.begin_anew()
    return relayed


@pytest.fixture(scope="session")
def sunk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with sink(tmp_path_factory.mktemp("sink") / "taken.jsonl") as made:
        yield made


@pytest.fixture
def out(sunk: Sink) -> Sink:
    """Where the product's mail goes."""
    sunk.begin_anew()
    return sunk


@pytest.fixture(scope="session")
def installation(
    template: Template, tmp_path_factory: pytest.TempPathFactory, mail_server: Mailbox, relayed: Relay, sunk: Sink
) -> Iterator[Desk]:
    url = mail_server.url(relayed.port)
    folder = tmp_path_factory.mktemp("desk")
    with template.desk(folder, MAINSTAY_MAIL_IN=url, MAINSTAY_MAIL_OUT=sunk.url) as made:
        yield made


@pytest.fixture
def desk(installation: Desk, template: Template, mailbox: Mailbox, front: Relay, out: Sink) -> Iterator[Desk]:
    """A desk to which nothing has happened yet; it reads `mailbox` by way of `front`, and sends to `out`."""
    template.renew(installation)
    installation.ask(ADOPT)
    yield installation
    front.begin_anew()
    installation.kill_all()
