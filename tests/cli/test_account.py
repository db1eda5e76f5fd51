"""`skyaccord account`: from the first account to the log of reads, as an administrator types it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from skyaccord.base.clock import SystemClock
from skyaccord.base.errors import InputError
from skyaccord.base.randomness import SystemRandomness
from skyaccord.cli.running import run_command
from skyaccord.node.accounts import totp
from skyaccord.node.accounts.door import open_door
from skyaccord.node.settings import load_settings
from skyaccord.record.keys import PersonKey


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("accounts")
    (root / "secret").write_text("four words of mine\n", encoding="utf-8")
    (root / "root").write_text("other words of mine\n", encoding="utf-8")
    run_command(
        *("node", "init", str(root / "A"), "--party", "A", "--name", "Party A"),
        *("--passphrase-file", str(root / "secret"), "--root-passphrase-file", str(root / "root")),
    )
    run_command("account", "list", "--node", str(root / "A"))
    shutil.copyfile(root / "A" / "accounts.db", root / "empty.db")
    return root


@pytest.fixture
def node(made: Path) -> str:
    shutil.copyfile(made / "empty.db", made / "A" / "accounts.db")
    return str(made / "A")


def secret(node: str) -> list[str]:
    return ["--passphrase-file", str(Path(node).parent / "secret")]


def listed(node: str) -> list[dict]:
    return json.loads(run_command("account", "list", "--node", node, "--format", "json"))


def test_there_is_none_at_first_and_the_first_one_is_made_here(node: str) -> None:
    assert listed(node) == []
    person = PersonKey.generate().public
    run_command(
        "account", "add", "amal", "--role", "administrator", "--person", person, "--node", node, *secret(node)
    )
    (amal,) = listed(node)
    assert (amal["name"], amal["role"], amal["person"]) == ("amal", "administrator", person)
    assert (amal["passphrase"], amal["second_factors"], amal["disabled_at"]) == (True, [], None)
    assert "amal  administrator  passphrase" in run_command("account", "list", "--node", node)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "amal", "--role", "king"], "'king' is no role"),
        (["add", "Big Name", "--role", "viewer"], "no name for an account"),
        (["add", "x", "--role", "viewer", "--person", "nonsense"], "neither a file nor a public key"),
        (["add", "x", "--role", "viewer", "--totp"], "no terminal to show a code on"),
        (["change", "nobody", "--close"], "there is no account 'nobody'"),
        (["change", "nobody"], "nothing to change"),
        (["link", "nobody"], "there is no account 'nobody'"),
        (["token", "nobody"], "there is no account 'nobody'"),
        (["sessions", "--revoke", "none"], "no open session or token 'none'"),
        (["reads", "--format", "xml"], "'xml' is no format"),
    ],
)
def test_a_slip_is_one_line(node: str, arguments: list[str], says: str) -> None:
    more = secret(node) if arguments[0] == "add" else []
    run_command("account", "add", "program", "--role", "viewer", "--without-passphrase", "--node", node)
    with pytest.raises(InputError) as refused:
        run_command("account", *arguments, "--node", node, *more)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_short_passphrase_makes_no_account(node: str, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("short\n", encoding="utf-8")
    with pytest.raises(InputError, match="12 to 256 characters"):
        run_command(
            *("account", "add", "amal", "--role", "viewer", "--node", node),
            *("--passphrase-file", str(tmp_path / "short")),
        )
    assert listed(node) == []


def test_a_token_is_listed_and_revoked_and_a_closed_account_has_none(node: str) -> None:
    run_command("account", "add", "recorder", "--role", "viewer", "--without-passphrase", "--node", node)
    token = run_command("account", "token", "recorder", "--label", "the archive", "--node", node).strip()
    (row,) = json.loads(run_command("account", "sessions", "--node", node, "--format", "json"))
    assert (row["kind"], row["account"], row["role"], row["label"]) == (
        "token",
        "recorder",
        "viewer",
        "the archive",
    )
    assert token not in json.dumps(row)
    assert "the archive" in run_command("account", "sessions", "--account", "recorder", "--node", node)
    run_command("account", "sessions", "--revoke", row["id"], "--node", node)
    assert json.loads(run_command("account", "sessions", "--node", node, "--format", "json")) == []
    run_command("account", "token", "recorder", "--node", node)
    run_command("account", "change", "recorder", "--close", "--node", node)
    assert json.loads(run_command("account", "sessions", "--node", node, "--format", "json")) == []
    assert "CLOSED" in run_command("account", "list", "--node", node)
    run_command("account", "change", "recorder", "--reopen", "--role", "representative", "--node", node)
    assert [(one["role"], one["disabled_at"]) for one in listed(node)] == [("representative", None)]


def test_a_link_and_reads(node: str) -> None:
    run_command("account", "add", "noor", "--role", "duty-officer", "--node", node, *secret(node))
    link = run_command("account", "link", "noor", "--node", node).strip()
    assert link.startswith("http://127.0.0.1:7410/#link=")
    settings = load_settings(Path(node) / "node.toml")
    door = open_door(Path(node), settings, SystemClock(), SystemRandomness())
    opened = door.sign_in.link(link.split("=", 1)[1], label="")
    visitor = door.credentials.visitor(opened.secret)
    assert visitor is not None
    door.reads.note(visitor, "192.0.2.1", "GET /api/alerts", {"B": 8})
    door.close()
    text = run_command("account", "reads", "--node", node)
    assert "noor  GET /api/alerts  B to entry 7" in text
    (row,) = [
        json.loads(line)
        for line in run_command("account", "reads", "--node", node, "--format", "json").splitlines()
    ]
    assert (row["account"], row["what"], row["held"]) == ("noor", "GET /api/alerts", {"B": 8})
    assert run_command("account", "reads", "--since", str(row["number"]), "--node", node) == ""


def test_another_passphrase_ends_what_was_open(node: str) -> None:
    run_command("account", "add", "noor", "--role", "duty-officer", "--node", node, *secret(node))
    link = run_command("account", "link", "noor", "--node", node).strip()
    settings = load_settings(Path(node) / "node.toml")
    door = open_door(Path(node), settings, SystemClock(), SystemRandomness())
    opened = door.sign_in.link(link.split("=", 1)[1], label="")
    run_command("account", "change", "noor", "--passphrase", "--node", node, *secret(node))
    assert door.credentials.visitor(opened.secret) is None
    door.close()


def test_the_terminal_shows_a_code_and_takes_the_apps_number(
    node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = b"12345678901234567890"
    prompts: list[str] = []

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        if len(prompts) == 1:
            return "000000"
        return totp.code_at(shared, int(SystemClock().now().timestamp()) // totp.STEP_S)

    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(totp, "new_secret", lambda _randomness: shared)
    monkeypatch.setattr("typer.prompt", answer)
    said = run_command(
        "account", "add", "amal", "--role", "administrator", "--totp", "--node", node, *secret(node)
    )
    assert len(prompts) == 2, "a number that does not hold is asked for again"
    assert "▄" in said or "█" in said
    assert totp.secret_text(shared) in said
    assert len(re.findall(r"^    (?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$", said, re.MULTILINE)) == 10
    (amal,) = listed(node)
    assert (amal["second_factors"], amal["recovery_codes"]) == (["totp"], 10)
    run_command("account", "change", "amal", "--reset-second-factor", "--node", node)
    (amal,) = listed(node)
    assert (amal["second_factors"], amal["recovery_codes"]) == ([], 0)
