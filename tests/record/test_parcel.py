"""Parcels: in any order, twice, beside the network; cut, changed, forged or misdirected ones are named."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.base.errors import InputError, SkyAccordError, UnreadableError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.keys import PartyKey
from skyaccord.record.link import Outgoing
from skyaccord.record.parcel import COVER_BYTES_MAX, Packed, Taken, pack, take_parcel
from tests.record.worlds import Party, exchange, exchange_all, make_pair, make_party


def note(party: Party, count: int) -> None:
    for number in range(count):
        party.journal.append("note", {"text": f"EXERCISE {number}"}, recipients=["*"], exercise=True)


def parcel(sender: Party, receiver: Party, path: Path) -> Packed:
    sender.clock.advance(1.0)
    with path.open("wb") as file:
        return pack(sender.journal, receiver.card.party, file)


def held(party: Party, of: Party) -> list[bytes]:
    return [entry.leaf for entry in party.journal.entries(of.journal.origin)]


def test_there_and_back_closes_the_circle(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    note(a, 600)  # more than two batches
    made = parcel(a, b, tmp_path / "to-b")
    assert (made.first, made.last, made.batches) == (0, 601, 3)
    taken = take_parcel(b.journal, tmp_path / "to-b")
    assert (taken.party, taken.before, taken.after, taken.theirs, taken.faults) == ("A", 0, 602, 0, [])
    assert held(b, a) == held(a, a)
    assert Outgoing(a.journal, "B").outbox() == 602, "carrying alone proves nothing to A"
    back = parcel(b, a, tmp_path / "to-a")
    assert back.holds == 602
    assert take_parcel(a.journal, tmp_path / "to-a").theirs == 602
    assert Outgoing(a.journal, "B").held() == 602
    assert any(entry.kind == "receipt" for entry in a.journal.entries(b.journal.origin))
    assert parcel(a, b, tmp_path / "again").first == 602, "the next one goes on from there"


def test_twice_in_any_order_and_beside_the_network(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    note(a, 3)
    parcel(a, b, tmp_path / "one")
    note(a, 3)
    parcel(a, b, tmp_path / "two")
    assert take_parcel(b.journal, tmp_path / "two").faults == []
    for name in ("one", "two", "one"):
        taken = take_parcel(b.journal, tmp_path / name)
        assert (taken.after - taken.before, taken.faults) == (0, [])
    note(a, 3)
    exchange(a, b)
    assert take_parcel(b.journal, tmp_path / "one").faults == []
    exchange_all(a, b)
    assert held(b, a) == held(a, a)
    assert held(a, b) == held(b, b)


def test_an_old_parcel_does_not_take_back_what_a_later_one_said(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    parcel(b, a, tmp_path / "old")
    note(a, 2)
    parcel(a, b, tmp_path / "to-b")
    take_parcel(b.journal, tmp_path / "to-b")
    parcel(b, a, tmp_path / "new")
    take_parcel(a.journal, tmp_path / "new")
    before = Outgoing(a.journal, "B").held()
    assert before > 0
    take_parcel(a.journal, tmp_path / "old")
    assert Outgoing(a.journal, "B").held() == before


def test_a_clock_that_was_far_ahead_silences_no_later_answer(tmp_path: Path) -> None:
    """B's clock is years ahead, then set right: what B holds is believed all the same."""
    a, b = make_pair(tmp_path)
    right = b.journal.clock
    b.journal.clock = ManualClock(b.clock.now() + timedelta(days=3650))
    parcel(b, a, tmp_path / "ahead")
    assert take_parcel(a.journal, tmp_path / "ahead").faults == []
    b.journal.clock = right
    note(a, 2)
    parcel(a, b, tmp_path / "to-b")
    take_parcel(b.journal, tmp_path / "to-b")
    made = parcel(b, a, tmp_path / "right")
    assert take_parcel(a.journal, tmp_path / "right").faults == []
    assert Outgoing(a.journal, "B").held() == made.holds > 0


def test_a_date_far_ahead_that_an_older_version_kept_counts_for_nothing(tmp_path: Path) -> None:
    """B was restored and holds less: a lower answer counts, whatever date stands in the store."""
    a, b = make_pair(tmp_path)
    note(a, 2)
    with a.store.writing() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO cursors VALUES ('B', 3)")
    a.store.put_setting("parcel.B", "2999-01-01T00:00:00.000Z")
    parcel(b, a, tmp_path / "less")
    take_parcel(a.journal, tmp_path / "less")
    assert Outgoing(a.journal, "B").held() == 0


def test_a_gap_is_named_and_the_answer_mends_it(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    note(a, 4)
    parcel(a, b, tmp_path / "lost")
    with a.store.writing() as connection:  # A believes more than B holds, as after B was restored
        connection.exec_driver_sql("INSERT OR REPLACE INTO cursors VALUES ('B', 3)")
    parcel(a, b, tmp_path / "next")
    taken = take_parcel(b.journal, tmp_path / "next")
    assert (taken.before, taken.after) == (0, 0)
    assert "goes on with entry 3, and we hold 0" in taken.faults[0]
    parcel(b, a, tmp_path / "answer")
    take_parcel(a.journal, tmp_path / "answer")
    assert parcel(a, b, tmp_path / "whole").first == 0
    assert take_parcel(b.journal, tmp_path / "whole").faults == []
    assert held(b, a) == held(a, a)


def taken_or_refused(party: Party, path: Path) -> Taken | str:
    try:
        return take_parcel(party.journal, path)
    except SkyAccordError as error:
        return str(error)


def test_every_cut_and_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    note(a, 2)
    parcel(a, b, tmp_path / "whole")
    data = (tmp_path / "whole").read_bytes()
    spoilt = tmp_path / "spoilt"
    for length in range(0, len(data) - 1, 97):
        spoilt.write_bytes(data[:length])
        with pytest.raises(UnreadableError):
            take_parcel(b.journal, spoilt)
    for place in range(0, len(data), 53):
        spoilt.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        outcome = taken_or_refused(b, spoilt)
        assert isinstance(outcome, str), place
        assert "\n" not in outcome
    assert held(b, a) == []


def test_what_is_no_parcel_is_one_line(tmp_path: Path) -> None:
    _, b = make_pair(tmp_path)
    file = tmp_path / "file"
    for data in (
        b"",
        b"{}\n",
        b"\xff\n\xff\n",
        b"[]\n" * 5,
        b"x" * (COVER_BYTES_MAX + 2),
        b'{"parcel":{}}\n{}\n',
    ):
        file.write_bytes(data)
        with pytest.raises(UnreadableError, match="parcel"):
            take_parcel(b.journal, file)
    with pytest.raises(UnreadableError, match="No such file"):
        take_parcel(b.journal, tmp_path / "nowhere")


def test_another_partys_parcel_is_not_for_us(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    c = make_party(tmp_path, "C", seed=3, clock=a.clock)
    parcel(a, b, tmp_path / "to-b")
    with pytest.raises(InputError, match="for party B, not for C"):
        take_parcel(c.journal, tmp_path / "to-b")
    from skyaccord.record.peers import pin_peer

    pin_peer(c.journal, b.card)
    with (tmp_path / "from-c").open("wb") as file:
        pack(c.journal, "B", file)
    with pytest.raises(InputError, match="nobody pinned here"):
        take_parcel(b.journal, tmp_path / "from-c")


def test_a_forged_cover_moves_nothing_but_its_entries_stand(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    note(b, 2)
    parcel(a, b, tmp_path / "true")
    lines = (tmp_path / "true").read_bytes().splitlines(keepends=True)
    cover = json.loads(lines[0])["parcel"]
    import base64
    import hashlib

    lie = json.loads(base64.b64decode(cover["payload"]))
    lie["answer"] = {"held": 4}
    thief = PartyKey.generate(SeededRandomness(99))
    lines[0] = canonical_json({"parcel": sign_dsse("parcel", canonical_json(lie), thief)}) + b"\n"
    digest = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    lines[-1] = canonical_json({"end": len(lines) - 2, "sha256": digest}) + b"\n"
    (tmp_path / "forged").write_bytes(b"".join(lines))
    taken = take_parcel(b.journal, tmp_path / "forged")
    assert "cover does not hold" in taken.faults[0]
    assert Outgoing(b.journal, "A").held() == 0
    assert held(b, a) == held(a, a), "entries prove themselves"
