"""Sending the sheets that set a client up, as a browser does."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainstay.contracts.models import Contract
from tests.console.pages import nonce
from tests.desk import Desk

ACME = "/clients/acme-health/"
SOONER = '[commitment.response.targets]\n3 = "2h"\n'


def send(client: Client, path: str, **said: Any) -> Any:
    """Fill in the form at `path` as a browser does, with its nonce, and send it."""
    page = client.get(path)
    return client.post(path, {"nonce": nonce(page), **said})


def contract(desk: Desk) -> Contract:
    return Contract.objects.get(organisation=desk.acme)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)
