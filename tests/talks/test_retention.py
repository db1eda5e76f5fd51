"""What an accord's retention asks to be erased, and that nothing it stands on ever is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.accord.source import parse_accord
from skyaccord.cli.rooms import know_all_rooms
from skyaccord.record.erasure import NEVER, erase
from skyaccord.record.keys import PersonKey
from skyaccord.talks.folder import ACCORD_KINDS, read_book, sign_into
from skyaccord.talks.retention import retentions
from tests.record.worlds import Party, enrol, exchange_all, make_pair, said
from tests.talks.test_rotated_keys import between

know_all_rooms()
RETENTION = """
[retention]
days = 400

[[retention.kind]]
kind = "message"
days = 30
"""


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    return make_pair(tmp_path)


def test_only_what_is_old_enough_and_made_under_the_accord_goes(pair: tuple[Party, Party]) -> None:
    a, b = pair
    loaded = parse_accord(between(a.key.public, b.key.public).text + RETENTION, "accord.toml")
    sign_into(a.journal, loaded)
    sign_into(b.journal, loaded)
    person = PersonKey.generate()
    enrol(a, person)
    for accord in (loaded.digest, None):
        dsse = said(a, person, accord=accord)
        a.journal.append_statement("message", dsse, recipients=["*"])
    exchange_all(a, b)
    for days, count in ((29, 0), (31, 1), (31, 0)):
        now = a.clock.now() + timedelta(days=days)
        wanted = retentions(read_book(a.journal), now)
        assert {kind for one in wanted for kind in one.kinds} & NEVER == set()
        gone = sum(sum(erase(a.journal, one).values()) for one in wanted)
        assert gone == count
    left = [entry.header.accord for entry in a.journal.entries() if entry.kind == "message"]
    assert left == [None]
    assert read_book(a.journal).has_signed("B", loaded.digest)


def test_without_a_retention_nothing_is_asked(pair: tuple[Party, Party]) -> None:
    a, b = pair
    sign_into(a.journal, between(a.key.public, b.key.public))
    assert retentions(read_book(a.journal), a.clock.now() + timedelta(days=4000)) == []
    assert set(ACCORD_KINDS) <= NEVER
