"""Two histories by one party, proved by a file that needs nothing else: `skyaccord.fork-proof/1`.

An honest party signs one history. Each of these shows two, by what it signed itself:

    two-checkpoints            one size, two roots
    inconsistent-checkpoints   a tree whose first `size` leaves have another root than the smaller checkpoint:
                               a consistency proof that leads to the larger root from `prefix_root` instead
    two-entries                two envelopes for one place
    checkpoint-and-entry       an envelope whose `previous` is not the chain head of the entries under a
                               checkpoint: those from the last disclosed envelope on, each with its place

Leaves and salts are not signed by themselves, so none is believed that is not under a signed root. Where the
party has a root key, its first card and the rotations are in the file too, and each item counts only under
the key of its place (`fork_keys.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from skyaccord.base.errors import RefusedError, TrustError, UnreadableError
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.cards import EARLIER_KEYS_MAX, Card
from skyaccord.record.chain import leaf_hash, next_head
from skyaccord.record.checkpoint import Checkpoint
from skyaccord.record.dsse import first_fault, read_dsse
from skyaccord.record.envelope import ENVELOPE_BYTES_MAX, Envelope
from skyaccord.record.fields import HashHex, Origin, PartyId, PublicKeyText, RecordModel, UtcTime
from skyaccord.record.fork_keys import Signers, chain_of_file, with_readers_card
from skyaccord.record.keys import fingerprint
from skyaccord.record.merkle import PROOF_HASHES_MAX, verify_consistency, verify_inclusion
from skyaccord.record.wire import Note
from skyaccord.record.words import counted_entries

FORMAT: Final = "skyaccord.fork-proof/1"
PROOF_BYTES_MAX: Final = 2 * 1024 * 1024  # two envelopes of the largest size, as text in text
LEAVES_MAX: Final = 512  # sealed entries between two disclosed ones, each with its proof
CHANGES_MAX: Final = 2 * EARLIER_KEYS_MAX  # each key replaced, and revoked before

Proves = Literal["two-checkpoints", "inconsistent-checkpoints", "two-entries", "checkpoint-and-entry"]
Proof = Annotated[list[HashHex], Field(max_length=PROOF_HASHES_MAX)]


class ProvedLeaf(RecordModel):
    """A leaf and its inclusion proof under the checkpoint."""

    leaf: HashHex
    proof: Proof


class ForkProof(RecordModel):
    """The file. Which fields are there depends on `proves`; the others are absent."""

    format: Literal["skyaccord.fork-proof/1"]
    party: PartyId
    origin: Origin
    public_key: PublicKeyText
    proves: Proves
    says: Annotated[str, Field(max_length=500)]
    found_at: UtcTime
    checkpoints: Annotated[list[Note], Field(max_length=2)] = Field(default_factory=list)
    prefix_root: HashHex | None = None
    proof: Proof = Field(default_factory=list)
    entries: Annotated[list[Annotated[str, Field(max_length=ENVELOPE_BYTES_MAX)]], Field(max_length=2)] = (
        Field(default_factory=list)
    )
    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    leaves: Annotated[list[ProvedLeaf], Field(max_length=LEAVES_MAX)] = Field(default_factory=list)
    card: Card | None = None
    rotations: Annotated[
        list[Annotated[str, Field(max_length=ENVELOPE_BYTES_MAX)]], Field(max_length=CHANGES_MAX)
    ] = Field(default_factory=list)

    def dumps(self) -> bytes:
        """The file's bytes: canonical JSON and a newline."""
        return canonical_json(self.model_dump(mode="json", exclude_defaults=True)) + b"\n"


@dataclass(frozen=True)
class ForkVerdict:
    """A proof that holds: this party's keys signed two histories of this journal.

    fingerprint: of the first key that the file names. anchored: the reader's own card names these keys;
    otherwise whoever made the file could have made them.
    """

    party: str
    origin: str
    fingerprint: str
    proves: Proves
    says: str
    anchored: bool


def read_fork_proof(data: bytes) -> ForkProof:
    """The file as a model, unchecked. UnreadableError says what is wrong with it."""
    if len(data) > PROOF_BYTES_MAX:
        raise UnreadableError(f"larger than {PROOF_BYTES_MAX} bytes, which no fork proof is")
    try:
        return ForkProof.model_validate(parse_json(data))
    except ValidationError as error:
        raise UnreadableError(f"not a fork proof: {first_fault(error)}") from None
    except ValueError as error:
        raise UnreadableError(f"not a fork proof: {error}") from None


def verify_fork_proof(data: bytes, card: Card | None = None) -> ForkVerdict:
    """Check a proof file by itself. RefusedError if it proves nothing; UnreadableError if it is none.

    card: of the party, from elsewhere, older or newer than the proof. TrustError if it names another party or
    journal, or keys that do not meet those of the proof.
    """
    found = read_fork_proof(data)
    if found.origin.split("/")[1] != found.party:
        raise RefusedError(f"the journal {found.origin} is not party {found.party}'s")
    chain = chain_of_file(found.origin, found.public_key, found.card, found.rotations)
    if card is not None:
        if (card.party, card.origin) != (found.party, found.origin):
            raise TrustError("the card given is of another party or journal than the proof")
        chain = with_readers_card(chain, card, whole=found.card is not None)
    says = _CHECKS[found.proves](found, Signers(found.origin, chain))
    return ForkVerdict(
        found.party, found.origin, fingerprint(found.public_key), found.proves, says, card is not None
    )


def _two_checkpoints(found: ForkProof, signers: Signers) -> str:
    one, other = _checkpoints(found, signers, 2)
    if one.size != other.size:
        raise RefusedError("the two checkpoints are of different sizes")
    if one.root == other.root:
        raise RefusedError("the two checkpoints say the same")
    return f"two checkpoints of {counted_entries(one.size)} with different roots"


def _inconsistent(found: ForkProof, signers: Signers) -> str:
    small, large = _checkpoints(found, signers, 2)
    if not 0 < small.size < large.size or found.prefix_root is None:
        raise RefusedError("a smaller and a larger checkpoint and the root of the prefix are needed")
    prefix = bytes.fromhex(found.prefix_root)
    if prefix == small.root:
        raise RefusedError("the two checkpoints are consistent")
    hashes = [bytes.fromhex(item) for item in found.proof]
    verify_consistency(small.size, large.size, prefix, large.root, hashes)
    return (
        f"a checkpoint of {counted_entries(large.size)} that does not begin with the {small.size} of another"
    )


def _two_entries(found: ForkProof, signers: Signers) -> str:
    one, other = _entries(found, signers, 2)
    if one.header.sequence != other.header.sequence:
        raise RefusedError("the two entries stand in different places")
    if _payload(one) == _payload(other):
        raise RefusedError("the two entries say the same")
    return f"two entries {one.header.sequence}"


def _checkpoint_and_entry(found: ForkProof, signers: Signers) -> str:
    (checkpoint,) = _checkpoints(found, signers, 1)
    before, after = _entries(found, signers, 2)
    first = before.header.sequence
    if found.salt is None or first + len(found.leaves) != after.header.sequence or not found.leaves:
        raise RefusedError("the leaves between the two entries, and the salt of the first, are needed")
    if leaf_hash(bytes.fromhex(found.salt), before.data).hex() != found.leaves[0].leaf:
        raise RefusedError("the first entry does not fit its leaf")
    head = bytes.fromhex(before.header.previous)
    for sequence, item in enumerate(found.leaves, start=first):
        leaf = bytes.fromhex(item.leaf)
        proof = [bytes.fromhex(value) for value in item.proof]
        verify_inclusion(leaf, sequence, checkpoint.size, proof, checkpoint.root)
        head = next_head(head, leaf)
    if head.hex() == after.header.previous:
        raise RefusedError("the entry continues what the checkpoint holds")
    return (
        f"entry {after.header.sequence}, which continues other entries than those under a checkpoint of "
        f"{checkpoint.size}"
    )


_CHECKS: Final = {
    "two-checkpoints": _two_checkpoints,
    "inconsistent-checkpoints": _inconsistent,
    "two-entries": _two_entries,
    "checkpoint-and-entry": _checkpoint_and_entry,
}


def _checkpoints(found: ForkProof, signers: Signers, count: int) -> list[Checkpoint]:
    if len(found.checkpoints) != count:
        raise RefusedError(f"{count} checkpoints are needed, {len(found.checkpoints)} are there")
    return [signers.checkpoint(note)[0] for note in found.checkpoints]


def _entries(found: ForkProof, signers: Signers, count: int) -> list[Envelope]:
    if len(found.entries) != count:
        raise RefusedError(f"{count} entries are needed, {len(found.entries)} are there")
    return [signers.entry(text) for text in found.entries]


def _payload(entry: Envelope) -> bytes:
    wire: Any = parse_json(entry.data)
    return read_dsse(wire).payload_bytes()
