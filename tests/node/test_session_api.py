"""Signing in and out over the API: the cookie, the link, the limits, the log, and what a stranger learns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import profiles

from skyaccord.node.accounts import totp
from skyaccord.node.accounts.passphrases import Passphrases
from skyaccord.node.accounts.rights import Role
from skyaccord.node.http.app import console_app
from skyaccord.node.http.protection import own_hosts
from tests.node.tabletop import Seat, Table, play

WORDS = "four words of mine"
PAGE = {"origin": "http://127.0.0.1:7410", "sec-fetch-site": "same-origin"}
COOKIE = "skyaccord-7410"

Story = Callable[[Table, Seat, httpx2.AsyncClient], Awaitable[None]]


def at_the_door(root: Path, story: Story, role: Role = Role.DUTY_OFFICER, settings: str = "") -> None:
    """Play a story with a browser that has no session yet, and an account `noor`."""

    async def run(table: Table) -> None:
        seat = table.seats["a"]
        text = seat.folder.settings_file.read_text("utf-8")
        seat.folder.settings_file.write_text(f"{settings}\n{text}", encoding="utf-8")
        seat.open()
        await table.prepare()
        door = seat.node.desk.door
        door.passphrases = Passphrases(door.randomness, profiles.CHEAPEST)
        door.book.add("noor", role, passphrase=door.passphrases.hash(WORDS))
        async with seat.browser(Authorization="", **PAGE) as browser:
            del browser.headers["Authorization"]
            await story(table, seat, browser)

    play(root, run, "A")


def test_who_signed_in_and_who_failed_is_logged(tmp_path: Path) -> None:
    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        wrong = "a wrong one, quite long"
        for name in ("noor", "noor", "four words of mine"):
            answer = await browser.post("/api/session", json={"name": name, "passphrase": wrong})
            assert answer.status_code == 401, answer.text
        await sign_in(seat, browser)
        assert (await browser.delete("/api/session")).status_code == 200
        rows = [one for one in seat.node.desk.door.reads.rows() if one.what.startswith("sign")]
        said: dict[tuple[str, str], int] = {}
        for one in rows:
            said[one.account, one.what] = said.get((one.account, one.what), 0) + one.times
            assert one.address
        assert said == {
            ("noor", "sign-in refused: passphrase"): 2,
            ("?", "sign-in refused: passphrase"): 1,
            ("noor", "signed in: second factor"): 1,
            ("noor", "signed out"): 1,
        }
        assert WORDS not in str(rows), "what was typed is nowhere"

    at_the_door(tmp_path, story)


async def sign_in(seat: Seat, browser: httpx2.AsyncClient) -> httpx2.Response:
    """Both steps; the account has an authenticator app from the first time on."""
    first = await browser.post("/api/session", json={"name": "noor", "passphrase": WORDS})
    assert first.status_code == 200, first.text
    asked = first.json()
    account = seat.node.desk.door.book.get("noor")
    held = seat.node.desk.door.sign_in._tickets._held[asked["ticket"]].totp_secret or account.totp_secret
    assert held is not None
    code = totp.code_at(held, int(seat.table.clock.now().timestamp()) // 30)
    return await browser.post("/api/session/second", json={"ticket": asked["ticket"], "code": code})


def test_a_browser_signs_in_looks_and_signs_out(tmp_path: Path) -> None:
    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        first = await browser.post("/api/session", json={"name": "Noor ", "passphrase": WORDS})
        asked = first.json()
        assert (asked["state"], asked["totp"], asked["passkey"]) == ("set-up", True, None)
        assert asked["qr"].startswith("data:image/svg+xml")
        assert "set-cookie" not in first.headers
        assert first.headers["cache-control"] == "no-store"

        opened = await sign_in(seat, browser)
        assert opened.status_code == 200
        assert len(opened.json()["recovery_codes"]) == 10
        cookie = opened.headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        for word in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=46800"):
            assert word in cookie
        assert "Domain" not in cookie
        secret = cookie.split("=", 1)[1].split(";")[0]
        assert secret not in opened.text

        me = (await browser.get("/api/session")).json()
        assert (me["account"], me["role"], me["person"]) == ("noor", "duty-officer", None)
        assert me["rights"] == ["ask", "own", "watch"]
        assert (await browser.get("/api/status")).status_code == 200

        assert (await browser.delete("/api/session")).status_code == 200
        assert (await browser.get("/api/status")).status_code == 401
        stale = {"cookie": f"{COOKIE}={secret}"}
        assert (await browser.get("/api/status", headers=stale)).status_code == 401

    at_the_door(tmp_path, story)


def test_the_console_greets_the_person_whom_the_account_is_for(tmp_path: Path) -> None:
    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        seat.enrol()
        await seat.node.desk.keeper.catch_up()
        seat.node.desk.door.book.set_person("noor", seat.officer.public)
        await sign_in(seat, browser)
        me = (await browser.get("/api/session")).json()
        assert me["person"] == {
            "public_key": seat.officer.public,
            "name": "Officer of A",
            "roles": ["duty-officer"],
        }

    at_the_door(tmp_path, story)


def test_a_link_becomes_a_session_once(tmp_path: Path) -> None:
    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        link = {"token": seat.node.desk.door.credentials.give_link("noor", timedelta(minutes=5))}
        assert (await browser.post("/api/session/link", json=link)).json()["account"] == "noor"
        assert (await browser.get("/api/alerts")).status_code == 200
        async with seat.browser(Authorization="", **PAGE) as other:
            again = await other.post("/api/session/link", json=link)
            assert again.status_code == 401
            assert "opens once" in again.json()["error"]
            assert "set-cookie" not in again.headers
            assert (await other.get("/api/alerts")).status_code == 401

    at_the_door(tmp_path, story)


def test_a_cookie_is_taken_from_the_nodes_own_page_alone(tmp_path: Path) -> None:
    """A page of another port of the host is the same site: the browser sends our cookie along."""

    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        await sign_in(seat, browser)
        for site, status in (("same-site", 401), ("cross-site", 401), ("none", 200), ("same-origin", 200)):
            answer = await browser.get("/api/alerts", headers={"sec-fetch-site": site})
            assert answer.status_code == status, site
        foreign = {"origin": "http://127.0.0.1:9999"}
        assert (await browser.delete("/api/session", headers=foreign)).status_code == 403
        assert (await browser.get("/api/alerts")).status_code == 200
        for name in ("access-control-allow-origin", "access-control-allow-credentials"):
            assert name not in (await browser.get("/api/alerts", headers=foreign)).headers

    at_the_door(tmp_path, story)


def test_a_session_is_no_token_and_a_token_no_session(tmp_path: Path) -> None:
    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        opened = await sign_in(seat, browser)
        secret = opened.headers["set-cookie"].split("=", 1)[1].split(";")[0]
        browser.cookies.clear()
        bearer = {"authorization": f"Bearer {secret}"}
        assert (await browser.get("/api/alerts", headers=bearer)).status_code == 401
        cookie = {"cookie": f"{COOKIE}={seat.token}"}
        assert (await browser.get("/api/alerts", headers=cookie)).status_code == 401

    at_the_door(tmp_path, story)


def test_what_is_wrong_is_never_said_and_waiting_is_said_alike(tmp_path: Path) -> None:
    async def story(_table: Table, _seat: Seat, browser: httpx2.AsyncClient) -> None:
        answers: dict[str, list[tuple[int, str]]] = {}
        for name in ("noor", "nobody"):
            for _ in range(7):
                tried = await browser.post("/api/session", json={"name": name, "passphrase": "not the words"})
                answers.setdefault(name, []).append((tried.status_code, tried.json()["error"]))
                assert ("retry-after" in tried.headers) == (tried.status_code == 429)
        assert answers["noor"] == answers["nobody"]
        assert [status for status, _ in answers["noor"]] == [401] * 5 + [429] * 2

    at_the_door(tmp_path, story)


def test_rates_of_strangers_and_of_accounts(tmp_path: Path) -> None:
    limits = "limits = { strangers_per_minute_max = 10, requests_per_minute_max = 12 }"

    async def story(table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        found = [(await browser.get("/api/health")).status_code for _ in range(12)]
        assert found == [200] * 10 + [429] * 2
        async with seat.browser() as known:
            found = [(await known.get("/api/places")).status_code for _ in range(14)]
            assert found == [200] * 12 + [429] * 2
            assert int((await known.get("/api/places")).headers["retry-after"]) >= 1
            table.clock.advance(60)
            assert (await known.get("/api/places")).status_code == 200

    at_the_door(tmp_path, story, settings=limits)


def test_who_read_what_of_a_peer_is_logged_and_only_administrators_see_it(tmp_path: Path) -> None:
    async def run(table: Table) -> None:
        table.introduce()
        await table.prepare()
        await table.exchange()
        seat = table.seats["a"]
        async with seat.browser() as client:
            await client.get("/api/messages")
            await client.get("/api/alerts?nothing=1")
            await client.get("/api/places")  # ours alone
            await client.get("/api/session")
            found = (await client.get("/api/reads")).json()
        held = seat.node.desk.held_of_peers()
        assert held["B"] > 1
        assert set(held) == {"B"}
        assert found["first_kept"] == 1
        assert [one["what"] for one in found["reads"]] == ["GET /api/messages", "GET /api/alerts?nothing=1"]
        for row in found["reads"]:
            assert (row["account"], row["times"], row["held"]) == ("tester", 1, held)

    play(tmp_path, run)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_sessions_are_listed_and_ended_by_their_owner_or_an_administrator(tmp_path: Path, role: Role) -> None:
    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        await sign_in(seat, browser)
        rows = (await browser.get("/api/sessions")).json()
        whose = {row["account"] for row in rows}
        assert whose == ({"noor"} if role is Role.VIEWER else {"noor", "tester"})
        assert [row["account"] for row in rows if row["current"]] == ["noor"]
        (testers,) = seat.node.desk.door.credentials.all("tester")
        ended = await browser.delete(f"/api/sessions/{testers.id}")
        assert ended.status_code == (404 if role is Role.VIEWER else 200)
        async with seat.browser() as other:
            assert (await other.get("/api/places")).status_code == (200 if role is Role.VIEWER else 401)

    at_the_door(tmp_path, story, role)


def test_over_tls_cookies_travel_nowhere_else(tmp_path: Path) -> None:
    settings = 'console_certificate = "console.pem"\nconsole_key = "console.key"'

    async def story(_table: Table, seat: Seat, _browser: httpx2.AsyncClient) -> None:
        assert seat.node.desk.settings.console_address == "https://127.0.0.1:7410/"
        app = console_app(seat.node.desk, own_hosts("127.0.0.1", 7410))
        transport = httpx2.ASGITransport(app=app)
        link: dict[str, Any] = {
            "token": seat.node.desk.door.credentials.give_link("noor", timedelta(minutes=5))
        }
        async with httpx2.AsyncClient(transport=transport, base_url="https://127.0.0.1:7410") as browser:
            opened = await browser.post("/api/session/link", json=link)
            assert opened.headers["set-cookie"].startswith("__Host-skyaccord-7410=")
            assert "Secure" in opened.headers["set-cookie"]
            assert opened.headers["strict-transport-security"] == "max-age=31536000"
            assert (await browser.get("/api/alerts")).status_code == 200

    at_the_door(tmp_path, story, settings=settings)


def test_a_signed_in_person_changes_their_own_passphrase(tmp_path: Path) -> None:
    async def story(table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        door = seat.node.desk.door
        await sign_in(seat, browser)
        elsewhere, _ = door.credentials.give(
            "noor", Role.DUTY_OFFICER, kind="session", label="", lasts=timedelta(hours=1), idle=None
        )

        async def change(present: str, new: str, status: int, says: str) -> None:
            answer = await browser.post("/api/passphrase", json={"present": present, "new": new})
            assert answer.status_code == status, answer.text
            assert says in answer.text
            assert answer.headers["cache-control"] == "no-store"

        await change("not the words", "other words of mine", 403, "present passphrase is not right")
        await change(WORDS, "short", 422, "12 to 256 characters")
        await change(WORDS, WORDS, 422, "is the present one")
        assert door.passphrases.holds(door.book.get("noor").passphrase, WORDS), "nothing has changed"
        assert door.credentials.visitor(elsewhere) is not None

        await change(WORDS, "other words of mine", 200, "done")
        assert door.credentials.visitor(elsewhere) is None, "what else was open has ended"
        assert (await browser.get("/api/session")).status_code == 200, "this page goes on"
        hashed = door.book.get("noor").passphrase
        assert door.passphrases.holds(hashed, "other words of mine")
        assert not door.passphrases.holds(hashed, WORDS)
        said = [one.what for one in door.reads.rows() if "passphrase" in one.what]
        assert said == ["passphrase change refused", "passphrase changed"]

        async with seat.browser() as program:
            wish = {"present": "other words of mine", "new": "still other words"}
            assert (await program.post("/api/passphrase", json=wish)).status_code == 403, "no token may"

    at_the_door(tmp_path, story)


def test_whoever_finds_a_console_open_cannot_guess_its_passphrase(tmp_path: Path) -> None:
    async def story(_table: Table, seat: Seat, browser: httpx2.AsyncClient) -> None:
        await sign_in(seat, browser)
        wish = {"present": "a guess of somebody", "new": "other words of mine"}
        found = [(await browser.post("/api/passphrase", json=wish)).status_code for _ in range(7)]
        assert found == [403] * 5 + [429] * 2

    at_the_door(tmp_path, story)
