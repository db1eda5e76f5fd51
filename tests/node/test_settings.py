"""node.toml: strict, with one line for every slip; and what `node init` writes is what the defaults say."""

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.node.settings import Settings, load_settings, parse_settings
from skyaccord.node.settings_text import settings_text

LEAST = 'party = "A"\nname = "Party A"\n'


def test_what_init_writes_is_what_the_defaults_say() -> None:
    written = parse_settings(settings_text("A", "Party A"), where="node.toml")
    assert written == parse_settings(LEAST, where="node.toml")


def test_every_commented_default_is_the_default() -> None:
    """Uncomment the defaults, and nothing changes; addresses, link, feed, talks and trials are examples."""
    lines: list[str] = []
    example = False
    for line in settings_text("A", "Party A").splitlines():
        bare = line.removeprefix("# ")
        if bare.startswith("["):
            example = bare.startswith(("[peer_addresses]", "[link]", "[feed]", "[talks]", "[trial]"))
        if not example and (bare.startswith("[") or "=" in bare):
            lines.append(bare)
    found = parse_settings("\n".join(lines), where="node.toml")
    assert found.link_address == "https://127.0.0.1:7411"
    assert found.model_copy(update={"link_address": None}) == parse_settings(LEAST, where="node.toml")


def test_names_with_quotes_survive() -> None:
    written = settings_text("A", 'The "Blue" \\ party', link_address="https://[2001:db8::1]:7411")
    found = parse_settings(written, where="node.toml")
    assert found.name == 'The "Blue" \\ party'
    assert found.advertised_link == "https://[2001:db8::1]:7411"


@pytest.mark.parametrize(
    ("more", "pulls"),
    [
        ("", False),
        ('link_address = "none"', True),
        ("[link]\npull = true", True),
        ('link_address = "none"\n[link]\npull = false', False),
    ],
)
def test_who_cannot_be_reached_fetches(more: str, pulls: bool) -> None:
    assert parse_settings(LEAST + more, where="node.toml").pulls is pulls


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("party = ", "not valid TOML"),
        ('name = "A"', "party"),
        (LEAST + "colour = 'red'", "node.toml, colour: there is no such field; see docs/node.md"),
        ("party = 'B b'\nname = 'B'", "party: write letters, digits, '-' and '_' only, no blanks"),
        (LEAST + "console_port = 0", "console_port"),
        (LEAST + "console_port = '80'", "console_port"),
        (LEAST + "link_address = 'ftp://x'", "link_address"),
        (LEAST + "link_address = 'http://x'", "link_address: the link speaks TLS only: write https://"),
        (LEAST + "[peer_addresses]\nB = 'http://x'", "peer_addresses.B: the link speaks TLS only"),
        (LEAST + "[peer_addresses]\nB = 'none'", "peer_addresses.B"),
        (LEAST + "[monitor]\nwatch_nm = -1", "monitor.watch_nm"),
        (LEAST + "[monitor]\nwatch_nm = nan", "monitor.watch_nm"),
        (LEAST + "[monitor.own_rule]\nhorizontal_nm = 0", "monitor.own_rule.horizontal_nm"),
        (LEAST + "[limits]\nconsoles_max = 0", "limits.consoles_max"),
        (LEAST + "[feed]\nfiles = []", "feed"),
        (LEAST + "[feed]\nkind = 'radar'\nfiles = ['x']", "feed"),
    ],
)
def test_a_slip_is_one_line_with_file_and_key(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_settings(text, where="node.toml")
    assert says in str(caught.value)
    assert str(caught.value).startswith("node.toml")
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        load_settings(tmp_path / "node.toml")
    (tmp_path / "node.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        load_settings(tmp_path / "node.toml")
    (tmp_path / "node.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputError, match="larger"):
        load_settings(tmp_path / "node.toml")


def test_settings_are_frozen() -> None:
    settings = Settings(party="A", name="Party A")
    with pytest.raises(ValueError, match="frozen"):
        settings.party = "B"
