"""A person acts from the shell: the same statement, the same checks, with a running node and without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from skyaccord.base.errors import InputError, LinkError, RefusedError, TrustError
from skyaccord.cli.acting import carry_out, hand_over, signed
from skyaccord.record.keys import PersonKey
from tests.node.tabletop import Seat, Table, play

MESSAGE = {"act": "message", "to_role": "duty-officer", "text": "EXERCISE say intentions", "language": "en"}


def secrets(seat: Seat, root: Path) -> dict[str, Any]:
    """The officer's key and both passphrases as files."""
    person, word, party = root / "officer", root / "word", root / "party"
    word.write_text("correct horse\n")
    party.write_text("secret\n")
    seat.officer.save(person, "correct horse")
    return {"person_key": person, "person_passphrase_file": word, "passphrase_file": party}


def test_without_a_node_it_is_journalled_with_the_same_checks(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        files = secrets(a, tmp_path)
        node, clock = a.folder.path, table.clock

        def act(payload: dict[str, Any], **more: Any) -> Any:
            return carry_out(node, payload, clock=clock, **{**files, **more})

        async def refused(error: type[Exception], says: str, payload: dict[str, Any], **more: Any) -> None:
            with pytest.raises(error, match=says):
                await anyio.to_thread.run_sync(lambda: act(payload, **more))

        await refused(RefusedError, "not enrolled at party A", MESSAGE)
        a.enrol()
        ref = await anyio.to_thread.run_sync(lambda: act(MESSAGE))
        assert (ref.origin, ref.sequence) == (a.card.origin, 2)
        entry = a.journal.find(ref)
        assert entry is not None
        assert entry.kind == "message"
        await refused(
            InputError, "no such entry", {"act": "acknowledge", "of": {**ref.model_dump(), "leaf": "0" * 64}}
        )
        await refused(RefusedError, "not known here", {"act": "wave"})
        await refused(RefusedError, "role 'commander'", MESSAGE, role="commander")
        await refused(LinkError, "no node runs in this folder", MESSAGE, passphrase_file=None)
        a.enrol(role="deputy")
        await refused(InputError, "several roles: deputy, duty-officer", MESSAGE)
        assert a.kinds().count("message") == 1

    play(tmp_path, story, "A")


def test_a_running_node_takes_it_for_its_signature_alone(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        a.enrol()
        await table.prepare()
        dsse = signed(a.folder, MESSAGE, a.officer, None, table.clock)
        async with a.browser() as client:
            transport = client._transport
            ref = await hand_over(a.folder, dsse, transport)
            assert ref is not None
            assert a.kinds()[-1] == "message"
            assert await hand_over(a.folder, dsse, transport) == ref
            with pytest.raises(RefusedError, match="not enrolled"):
                signed(a.folder, MESSAGE, PersonKey.generate(), None, table.clock)
            table.clock.advance(3600.0)
            late = {**MESSAGE, "at": "2026-11-22T12:00:00Z"}
            with pytest.raises(RefusedError, match=r"the node refused it.*sign it again"):
                await hand_over(a.folder, signed(a.folder, late, a.officer, None, table.clock), transport)
        assert a.kinds().count("message") == 1

    play(tmp_path, story, "A")


def test_a_wrong_passphrase_is_said_though_a_running_node_does_not_need_it(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        a.enrol()
        files = secrets(a, tmp_path)
        ref = {"origin": a.card.origin, "sequence": 7, "leaf": "0" * 64}
        handed: list[bytes] = []

        def node(request: httpx2.Request) -> httpx2.Response:
            handed.append(request.content)
            return httpx2.Response(201, json={"ref": ref})

        def act(party_passphrase: str) -> Any:
            files["passphrase_file"].write_text(f"{party_passphrase}\n")
            running = httpx2.MockTransport(node)
            return carry_out(a.folder.path, MESSAGE, clock=table.clock, transport=running, **files)

        with pytest.raises(TrustError, match="wrong passphrase for this party key"):
            await anyio.to_thread.run_sync(act, "another")
        assert handed == [], "nothing was said"
        assert (await anyio.to_thread.run_sync(act, "secret")).model_dump() == ref
        assert len(handed) == 1

    play(tmp_path, story, "A")
