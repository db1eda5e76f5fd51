"""The node signs on a representative's word: only where the party allows it, both entries or neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skyaccord.accord.source import parse_accord
from skyaccord.base.errors import InputError, RefusedError, SkyAccordError
from skyaccord.node.room_acts import all_acts
from skyaccord.record.keys import PersonKey
from tests.node.tabletop import Seat, Table, play


def dispatcher(seat: Seat, *, allowed: bool) -> Any:
    keeper = seat.node.desk.keeper
    return all_acts(keeper, seat.table.clock, 100, representatives_sign=allowed)


def word(seat: Seat, key: PersonKey, file: str, **changes: Any) -> dict[str, Any]:
    digest = parse_accord(file, "accord").digest
    payload = {
        "act": "accord-sign", "role": "representative", "accord": digest, "what": "accord", "digest": digest,
        "typed": digest.removeprefix("sha256:")[:12], "text": file, "exercise": True, **changes,
    }  # fmt: skip
    return seat.statement(payload, key)


def test_both_parties_sign_at_their_consoles_and_each_signature_names_its_person(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        keys = {seat.party: PersonKey.generate() for seat in (a, b)}
        for seat in (a, b):
            seat.enrol(keys[seat.party], role="representative")
        await table.prepare()
        await table.exchange()
        text = table.accord_text()
        with pytest.raises(RefusedError, match="signs nothing on a representative's word"):
            await dispatcher(a, allowed=False).take(word(a, keys["A"], text))
        assert "accord.signed" not in a.kinds()
        acts = dispatcher(a, allowed=True)
        with pytest.raises(InputError, match="it is marked EXERCISE"):
            await acts.take(word(a, keys["A"], text, exercise=False))
        other = parse_accord(text.replace("horizontal_nm = 3", "horizontal_nm = 4"), "x").digest
        with pytest.raises(InputError, match="the text has another digest"):
            await acts.take(
                word(a, keys["A"], text, digest=other, accord=other, typed=other.removeprefix("sha256:")[:12])
            )
        with pytest.raises(InputError, match="nothing with the digest"):
            await acts.take(word(a, keys["A"], text, text=""))
        assert "accord.instructed" not in a.kinds()
        ref = await acts.take(word(a, keys["A"], text))
        assert a.kinds()[-2:] == ["accord.instructed", "accord.signed"]
        assert ref.sequence == len(a.kinds()) - 2
        with pytest.raises(InputError, match=r"party A has signed sha256:.* already"):
            await acts.take(word(a, keys["A"], text, text=""))
        await table.exchange()
        await dispatcher(b, allowed=True).take(word(b, keys["B"], text, text=""))  # as the peer proposed it
        await table.exchange()
        for seat in (a, b):
            book, digest = seat.node.desk.keeper.projections.book, parse_accord(text, "x").digest
            standing = book.standing(digest, table.clock.now())
            assert standing is not None
            assert standing.missing == ()
            assert standing.instructed == {party: key.public for party, key in keys.items()}

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"typed": "000000000000"}, "not the beginning of the digest"),
        ({"typed": "00"}, "typed"),
        ({"role": "duty-officer"}, "only the role 'representative'"),
        ({"accord": "sha256:" + "0" * 64}, "another accord than it signs"),
    ],
)
def test_what_is_no_word_to_sign_is_refused_before_anything(
    tmp_path: Path, changes: dict[str, Any], fault: str
) -> None:
    async def story(table: Table) -> None:
        seat = table.seats["a"]
        await table.prepare()
        with pytest.raises(SkyAccordError, match=fault):
            word(seat, PersonKey.generate(), table.accord_text(), **changes)

    play(tmp_path, story, "A")


def test_whoever_has_a_representatives_key_but_no_account_binds_nobody(tmp_path: Path) -> None:
    """A stolen key file and a way to the console's port do not suffice."""

    async def story(table: Table) -> None:
        seat, key = table.seats["a"], PersonKey.generate()
        seat.enrol(key, role="representative")
        await table.prepare()
        said = word(seat, key, table.accord_text())
        async with seat.browser(Authorization="") as stranger:
            answer = await stranger.post("/api/acts", json=said)
        assert (answer.status_code, answer.json()["error"][:13]) == (403, "sign in first")
        async with seat.browser() as signed_in:
            answer = await signed_in.post("/api/acts", json=said)
        assert "signs nothing on a representative's word" in answer.json()["error"]
        for other in ("application/vnd.skyaccord.statement.message+json", "x"):
            async with seat.browser(Authorization="") as stranger:
                answer = await stranger.post("/api/acts", json={**said, "payloadType": other})
            assert "payload type" in answer.json()["error"]
        assert "accord.instructed" not in seat.kinds()

    play(tmp_path, story, "A")
