from __future__ import annotations

import pytest

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.heads import SignedHead, open_head, sign_head
from skyaccord.record.keys import PartyKey
from tests.record.worlds import START

KEY = PartyKey.generate(SeededRandomness(1))
HEAD = SignedHead(origin="skyaccord.journal/A/0123456789abcdef", size=3, head="ab" * 32, at=START)


def test_a_signed_head_comes_back() -> None:
    assert open_head(sign_head(HEAD, KEY), KEY.public) == HEAD


def test_another_key_or_content_is_refused() -> None:
    with pytest.raises(RefusedError, match="another key"):
        open_head(sign_head(HEAD, PartyKey.generate()), KEY.public)
    with pytest.raises(RefusedError, match="signed head: origin"):
        open_head(sign_dsse("head", b'{"origin":"x","size":-1}', KEY), KEY.public)
    with pytest.raises(RefusedError, match="signed head"):
        open_head(sign_dsse("head", b"{", KEY), KEY.public)
    with pytest.raises(RefusedError, match="payload type"):
        open_head(sign_dsse("alert", b"{}", KEY), KEY.public)
