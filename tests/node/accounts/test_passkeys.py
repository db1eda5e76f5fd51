"""Passkeys with a browser's own authenticator: registered at a real node's page, and asked for at the
next sign-in.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skyaccord.base.clock import SystemClock
from skyaccord.node.accounts import totp
from skyaccord.node.accounts.passkeys import Place
from tests.browser import WAIT_MS, browser_driver, chromium
from tests.node.scene import Party, must, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser_driver", "chromium"]

WORDS = "four words of mine"


@pytest.mark.parametrize(
    ("origin", "takes"),
    [
        ("http://localhost:7410", True),
        ("https://node.example:7410", True),
        ("http://127.0.0.1:7410", False),
        ("http://[::1]:7410", False),
        ("", False),
    ],
)
def test_which_hosts_take_passkeys(origin: str, takes: bool) -> None:
    assert Place(origin).takes_passkeys is takes


def passphrase(page: Page) -> None:
    page.get_by_test_id("sign-in-name").fill("noor")
    page.get_by_test_id("sign-in-passphrase").fill(WORDS)
    page.get_by_test_id("sign-in-first").click()


@pytest.mark.browser
def test_a_passkey_is_added_and_then_signs_in(tmp_path: Path, chromium: Browser) -> None:
    party = Party("A", tmp_path)
    try:
        party.init()
        (tmp_path / "words").write_text(f"{WORDS}\n", encoding="utf-8")
        must(
            "account", "add", "noor", "--role", "viewer", "--node", party.folder,
            "--passphrase-file", tmp_path / "words",
        )  # fmt: skip
        party.serve()
        wait_for("the node", lambda: party.get("status"))
        address = f"http://localhost:{party.console_port}/"
        page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(WAIT_MS / 3)
        authenticator = page.context.new_cdp_session(page)
        authenticator.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
            "hasUserVerification": False, "automaticPresenceSimulation": True,
        }  # fmt: skip
        made = authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": options})

        page.goto(address)
        passphrase(page)
        secret = page.get_by_test_id("sign-in").locator("code").inner_text().replace(" ", "")
        raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
        page.get_by_test_id("sign-in-code").fill(
            totp.code_at(raw, int(SystemClock().now().timestamp()) // 30)
        )
        page.get_by_test_id("sign-in-second").click()
        page.get_by_test_id("sign-in-written").click()
        page.get_by_test_id("account").click()
        page.get_by_test_id("account-passkey").click()
        page.get_by_test_id("notice").filter(has_text="The passkey is added").wait_for()
        assert party.get("accounts")[0]["second_factors"] == ["totp", "passkey"]

        page.get_by_test_id("account-sign-out").click()
        passphrase(page)
        page.get_by_test_id("sign-in-passkey").click()
        page.get_by_test_id("account").wait_for()
        held = authenticator.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})
        assert [one["signCount"] for one in held["credentials"]] == [2]  # made, and used once

        # Another authenticator, which the account does not know, opens nothing.
        authenticator.send("WebAuthn.clearCredentials", {"authenticatorId": made["authenticatorId"]})
        page.get_by_test_id("account").click()
        page.get_by_test_id("account-sign-out").click()
        passphrase(page)
        page.get_by_test_id("sign-in-passkey").click()
        page.get_by_test_id("sign-in-fault").wait_for()
        assert page.get_by_test_id("account").count() == 0
        page.context.close()
    finally:
        party.close()
