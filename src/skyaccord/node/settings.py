"""node.toml: what a party decides about its own node. Everything between parties stands in accords instead.

Strict: an unknown key is an error, so that a slip of the pen is not a silent default. docs/node.md describes
every setting, and a test compares it with these models.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from skyaccord.accord.limits import HORIZONTAL_NM_MAX, LOOKAHEAD_S_MAX, VERTICAL_FT_MAX, WATCH_NM_MAX
from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.record.dsse import in_words
from skyaccord.record.fields import Name, PartyId, RoleId

SETTINGS_BYTES_MAX: Final = 1_000_000  # a feed may list thousands of files
CONSOLE_PORT_DEFAULT: Final = 7410
LINK_PORT_DEFAULT: Final = 7411
LOOPBACK: Final = "127.0.0.1"

Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, Field(min_length=1, max_length=253)]
Address = Annotated[str, Field(max_length=300, pattern=r"^https?://[!-~]+$")]
Number = Annotated[float, Field(strict=False)]  # TOML's 20 is as good as 20.0


class SettingsModel(BaseModel):
    """Base of every table of node.toml."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class OwnRule(SettingsModel):
    """The party's own separation rule: watched where no accord is in force, sealed, shared with nobody.

    A pair inside both limits infringes. *_s: how far ahead each tier looks. Default: ICAO's radar
    separation and a short-term conflict alert's two minutes.
    """

    horizontal_nm: Annotated[Number, Field(gt=0, le=HORIZONTAL_NM_MAX)] = 5.0
    vertical_ft: Annotated[Number, Field(gt=0, le=VERTICAL_FT_MAX)] = 1000.0
    advisory_s: Annotated[Number, Field(gt=0, le=LOOKAHEAD_S_MAX)] = 120.0
    caution_s: Annotated[Number, Field(gt=0, le=LOOKAHEAD_S_MAX)] = 60.0
    warning_s: Annotated[Number, Field(gt=0, le=LOOKAHEAD_S_MAX)] = 30.0
    beside_accords: bool = False


class MonitorSettings(SettingsModel):
    """What this node watches for itself.

    watch_nm: the watch rule, horizontal; what comes nearer is recorded as an approach, never alarmed; 0:
    none. inter_party_only: pairs of one party are not looked at. include_unassigned: aircraft of no party
    are paired with those of every party. widen: warn also of what lies within the uncertainty of positions
    and
    the age of reports.
    """

    watch_nm: Annotated[Number, Field(ge=0, le=WATCH_NM_MAX)] = 20.0
    inter_party_only: bool = True
    include_unassigned: bool = False
    widen: bool = False
    own_rule: OwnRule | None = OwnRule()


class HotlineSettings(SettingsModel):
    """Whom this node asks about its own alerts, those without an accord, and how long it waits (wall
    clock).
    """

    role: RoleId = "duty-officer"
    acknowledge_within_s: Annotated[Number, Field(gt=0, le=86_400)] = 60.0


class LimitSettings(SettingsModel):
    """Bounds on what consoles may ask of this node.

    consoles_max: live connections at once. acts_per_minute_max: statements of one person in a minute.
    """

    consoles_max: Annotated[int, Field(ge=1, le=1000)] = 100
    acts_per_minute_max: Annotated[int, Field(ge=1, le=10_000)] = 120


class Settings(SettingsModel):
    """The whole of node.toml.

    console_*: where people's browsers connect; loopback unless changed. link_*: where peers connect;
    link_address: what the card tells peers, when it differs. peer_addresses: party → where to reach it,
    when its card's address does not work from here.
    """

    party: PartyId
    name: Name
    console_host: Host = LOOPBACK
    console_port: Port = CONSOLE_PORT_DEFAULT
    link_host: Host = LOOPBACK
    link_port: Port = LINK_PORT_DEFAULT
    link_address: Address | None = None
    peer_addresses: dict[PartyId, Address] = Field(default_factory=dict)
    monitor: MonitorSettings = MonitorSettings()
    hotline: HotlineSettings = HotlineSettings()
    limits: LimitSettings = LimitSettings()
    feed: FeedSettings | None = None

    @property
    def advertised_link(self) -> str:
        """Where peers reach this node's link."""
        return self.link_address or f"http://{bracketed(self.link_host)}:{self.link_port}"

    @property
    def console_address(self) -> str:
        """What a person opens."""
        return f"http://{bracketed(self.console_host)}:{self.console_port}/"


def bracketed(host: str) -> str:
    """An IPv6 address as addresses write it."""
    return f"[{host}]" if ":" in host else host


def parse_settings(text: str, *, where: str) -> Settings:
    """Settings from node.toml's text. Raises InputError with file and key."""
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML ({error})", where=where) from None
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise InputError(
            in_words(fault["msg"]), where=f"{where}, {place}" if place else where, do="see docs/node.md"
        ) from None


def load_settings(path: Path) -> Settings:
    """Settings from a file. UnreadableError if it cannot be read, InputError if it is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(SETTINGS_BYTES_MAX + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=str(path)) from None
    if len(data) > SETTINGS_BYTES_MAX:
        raise InputError(f"larger than {SETTINGS_BYTES_MAX} bytes", where=str(path))
    try:
        return parse_settings(data.decode("utf-8"), where=str(path))
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text", where=str(path)) from None
