"""Make the pictures of the documents anew: `python -m tests.browser.screenshots` (or `make screenshots`).

Starts a demo of its own in a scratch folder, looks at it with Chromium, and writes docs/pictures/*.png.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1360, 860
START_SECONDS = 600.0  # a busy machine may take its time to build the world
PASSWORD = "promises-are-kept"
STAFF, CLIENT = "ida@vendor.example", "tom.ashworth@northmoor.example"
COMMAND = "import sys; sys.argv[0] = 'mainstay'; from mainstay.cli import main; main()"


def main() -> None:
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium())
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            locale="en-GB",
            timezone_id="Europe/London",
            color_scheme="light",
            reduced_motion="reduce",
        )
        _sign_in(page, address, STAFF, "**/views/open/")
        PICTURES.mkdir(exist_ok=True)
        take_all(page, address)
        browser.close()


def take_all(page: Page, address: str) -> None:
    """Take each picture that a document shows."""
    page.goto(f"{address}/views/open/")
    _save(page, "list")
    page.goto(f"{address}/verification/")
    _save(page, "held")
    page.goto(f"{address}/views/open/")
    page.get_by_text("Turnstile refuses every smartcard").first.click()
    page.wait_for_load_state("networkidle")
    _save(page, "ticket")
    page.goto(f"{address}/views/client/")
    page.get_by_text("Sign-in takes a minute").first.click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{page.url.rstrip('/')}/clocks/resolution/")
    _save(page, "ledger")
    page.goto(f"{address}/search/?q=smartcard")
    _save(page, "search")
    page.goto(f"{address}/views/open/")
    page.keyboard.press("c")
    page.wait_for_url("**/calls/*/")
    page.locator("#caller").press_sequentially("tom ash", delay=30)
    page.get_by_text("Tom Ashworth").first.wait_for()
    page.wait_for_timeout(600)  # his card comes a moment after his name
    _save(page, "call")
    page.goto(f"{address}/workload/")
    _save(page, "workload")
    page.context.clear_cookies()
    _sign_in(page, address, CLIENT, "**/portal/")
    page.get_by_text("Turnstile refuses every smartcard").first.click()
    page.wait_for_load_state("networkidle")
    _save(page, "portal")


@contextmanager
def demo() -> Iterator[str]:
    """Run a demo in which no further mail arrives, and yield its address."""
    folder = tempfile.mkdtemp(prefix="mainstay-pictures-")
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAINSTAY_")}
    environment |= {"MAINSTAY_DATA": folder, "MAINSTAY_LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-c", COMMAND, "demo", "--quiet", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/accounts/login/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    given_up = time.monotonic() + START_SECONDS
    while time.monotonic() < given_up:
        if process.poll() is not None:
            sys.exit("the demo ended before it began")
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.5)
    sys.exit("the demo did not begin to answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _chromium() -> str | None:
    """Return the system's Chromium, None for the one that Playwright keeps."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def _sign_in(page: Page, address: str, who: str, there: str) -> None:
    page.goto(address)
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(there)


def _save(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png")
    sys.stdout.write(f"docs/pictures/{name}.png\n")


if __name__ == "__main__":
    main()
