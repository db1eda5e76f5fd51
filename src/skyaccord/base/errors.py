"""Every error SkyAccord raises on purpose, in one tree.

SkyAccordError                 shown to the user as one line; the command exits with `exit_code`
├── InputError                 something given to us is wrong: a file, a field, an option        (2)
│   ├── UnreadableError        a file or folder that cannot be read at all                       (2)
│   ├── AccordError            an accord that is malformed, unsigned or changed after signing    (2)
│   └── NotANodeError          a folder that is not a node's                                     (2)
├── TrustError                 a signature, card, key or passphrase that does not hold           (2)
│   └── RefusedError           an envelope or statement that is refused, with its reason         (2)
├── JournalError               a journal that does not verify, or cannot be appended to          (1)
├── LinkError                  the other party's node cannot be reached or refused us            (2)
├── PortTakenError             a listener's port is in use                                       (2)
└── LimitError                 something larger than its named limit                             (2)

Each says what is wrong, where (file, line, field) and what to do. `str()` is the one line:

>>> str(InputError("latitude 4330 is outside -90..90", where="day.csv, line 7", do="is this another format?"))
'day.csv, line 7: latitude 4330 is outside -90..90; is this another format?'
"""

from __future__ import annotations


class SkyAccordError(Exception):
    """Base of all errors that are shown to a person as one line.

    what: what is wrong. where: file, line, field, if known. do: what the person can do about it.
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str | None = None, do: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.do = do

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line}; {self.do}" if self.do else line


class InputError(SkyAccordError):
    """Something given to us is wrong: a file, a field, an option."""


class UnreadableError(InputError):
    """A file or folder that cannot be read at all (missing, truncated, not what it says it is)."""


class AccordError(InputError):
    """An accord that is malformed, not signed by every party, or changed after signing."""


class NotANodeError(InputError):
    """A folder that is not a node's."""


class TrustError(SkyAccordError):
    """A signature, card, key or passphrase that does not hold."""


class RefusedError(TrustError):
    """An envelope or a person's statement that is refused; `what` is the reason that goes on the record."""


class JournalError(SkyAccordError):
    """A journal that does not verify, or that cannot be appended to."""

    exit_code = 1


class LinkError(SkyAccordError):
    """The other party's node cannot be reached, or refused what was sent."""


class PortTakenError(SkyAccordError):
    """A listener's port is in use."""


class LimitError(SkyAccordError):
    """Something larger than its named limit."""
