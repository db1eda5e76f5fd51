"""node.toml: what a party decides about its own node. Everything between parties stands in accords instead.

Strict: an unknown key is an error, so that a slip of the pen is not a silent default. docs/node.md describes
every setting, and a test compares it with these models.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from skyaccord.accord.limits import HORIZONTAL_NM_MAX, LOOKAHEAD_S_MAX, VERTICAL_FT_MAX, WATCH_NM_MAX
from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.base.toml import parse_toml
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.record.cards import NO_ADDRESS
from skyaccord.record.fields import ADDRESS_OR_NONE_PATTERN, ADDRESS_PATTERN, Name, PartyId, RoleId
from skyaccord.record.quota import (
    ENTRIES_A_DAY,
    ENTRIES_IN_ALL,
    MEBIBYTES_A_DAY,
    MEBIBYTES_IN_ALL,
    Quota,
)
from skyaccord.record.words import in_words

SETTINGS_BYTES_MAX: Final = 1_000_000  # a feed may list thousands of files
CONSOLE_PORT_DEFAULT: Final = 7410
LINK_PORT_DEFAULT: Final = 7411
LOOPBACK: Final = "127.0.0.1"
TRIAL_FILES_MAX: Final = 31  # a month of days: delegations wait for the answer


def _https(address: str) -> str:
    if address.startswith("http://"):
        raise ValueError("the link speaks TLS only: write https://")
    return address


Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, Field(min_length=1, max_length=253)]
File = Annotated[str, Field(min_length=1, max_length=4096)]
Address = Annotated[str, Field(max_length=300, pattern=ADDRESS_PATTERN), AfterValidator(_https)]
OwnAddress = Annotated[str, Field(max_length=300, pattern=ADDRESS_OR_NONE_PATTERN), AfterValidator(_https)]
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
    requests_per_minute_max: of one account. strangers_per_minute_max: of one address without an account.
    logins_per_minute_max: tries to sign in from one address. peer_*: what each peer's journal may take up
    here; more is refused, and nothing else is disturbed.
    """

    consoles_max: Annotated[int, Field(ge=1, le=1000)] = 100
    acts_per_minute_max: Annotated[int, Field(ge=1, le=10_000)] = 120
    requests_per_minute_max: Annotated[int, Field(ge=10, le=1_000_000)] = 3000
    strangers_per_minute_max: Annotated[int, Field(ge=10, le=1_000_000)] = 240
    logins_per_minute_max: Annotated[int, Field(ge=1, le=1000)] = 20
    peer_entries_a_day_max: Annotated[int, Field(ge=1)] = ENTRIES_A_DAY
    peer_mebibytes_a_day_max: Annotated[int, Field(ge=1)] = MEBIBYTES_A_DAY
    peer_entries_max: Annotated[int, Field(ge=1)] = ENTRIES_IN_ALL
    peer_mebibytes_max: Annotated[int, Field(ge=1)] = MEBIBYTES_IN_ALL

    @property
    def quota(self) -> Quota:
        """What each peer may store here."""
        return Quota(
            self.peer_entries_a_day_max,
            self.peer_mebibytes_a_day_max,
            self.peer_entries_max,
            self.peer_mebibytes_max,
        )


class AccountSettings(SettingsModel):
    """How long a sign-in holds, and what it takes.

    session_s: at most; the default is a watch of twelve hours and the handover. idle_s: without a request and
    without an open console; a console that shows the picture is in use, even if nobody touches it.
    second_factor: whether a passphrase alone is not enough. reads_kept: rows of the log of reads.
    """

    session_s: Annotated[Number, Field(ge=60, le=604_800)] = 46_800.0
    idle_s: Annotated[Number, Field(ge=60, le=604_800)] = 1800.0
    second_factor: bool = True
    reads_kept: Annotated[int, Field(ge=1000, le=100_000_000)] = 1_000_000


class PictureSettings(SettingsModel):
    """What this node keeps of its own picture, for the reconstruction of incidents.

    keep_hours: of sky time; 0: nothing, and every reconstruction says so. keep_mebibytes: on disk at most;
    the oldest goes first.
    """

    keep_hours: Annotated[Number, Field(ge=0, le=8760)] = 72.0
    keep_mebibytes: Annotated[int, Field(ge=1, le=1_000_000)] = 512


class TalksSettings(SettingsModel):
    """What representatives may do at this node's console.

    representatives_sign: the node signs an accord or an amendment with the party's key on the signed word of
    a person enrolled as representative; false: `skyaccord accord sign` and the key's passphrase do.
    """

    representatives_sign: bool = False


class TrialSettings(SettingsModel):
    """What a clause can be tried on at the console, before anybody answers it.

    recordings: files as `skyaccord scan` reads them, relative to the node's folder; party_map: CSV
    `icao24,party`; without it all pairs count. everywhere: leave the accord's areas out, for a recording of
    elsewhere.
    """

    recordings: Annotated[tuple[File, ...], Field(strict=False, max_length=TRIAL_FILES_MAX)] = ()
    party_map: File | None = None
    everywhere: bool = False


class LinkSettings(SettingsModel):
    """How this node's link works.

    pull: fetch from peers what is for us, because they cannot reach this node (it is behind a NAT, say);
    None: if link_address is "none".
    """

    pull: bool | None = None


class Settings(SettingsModel):
    """The whole of node.toml.

    console_*: where people's browsers connect; loopback unless changed. console_certificate, console_key: PEM
    files, relative to the node's folder: with both the console speaks HTTPS alone. link_*: where peers
    connect; link_address: what the card tells peers, when it differs; "none": they cannot reach us.
    peer_addresses: party → where to reach it, when its card's address does not work from here.
    """

    party: PartyId
    name: Name
    console_host: Host = LOOPBACK
    console_port: Port = CONSOLE_PORT_DEFAULT
    console_certificate: File | None = None
    console_key: File | None = None
    link_host: Host = LOOPBACK
    link_port: Port = LINK_PORT_DEFAULT
    link_address: OwnAddress | None = None
    peer_addresses: dict[PartyId, Address] = Field(default_factory=dict)
    monitor: MonitorSettings = MonitorSettings()
    hotline: HotlineSettings = HotlineSettings()
    limits: LimitSettings = LimitSettings()
    link: LinkSettings = LinkSettings()
    accounts: AccountSettings = AccountSettings()
    picture: PictureSettings = PictureSettings()
    talks: TalksSettings = TalksSettings()
    trial: TrialSettings = TrialSettings()
    feed: FeedSettings | None = None

    @property
    def advertised_link(self) -> str:
        """Where peers reach this node's link."""
        return self.link_address or f"https://{bracketed(self.link_host)}:{self.link_port}"

    @property
    def pulls(self) -> bool:
        """Whether this node fetches from its peers as well."""
        return self.link.pull if self.link.pull is not None else self.advertised_link == NO_ADDRESS

    @property
    def console_address(self) -> str:
        """What a person opens."""
        scheme = "https" if self.console_tls else "http"
        return f"{scheme}://{bracketed(self.console_host)}:{self.console_port}/"

    @property
    def console_tls(self) -> bool:
        """Whether the console's listener speaks HTTPS."""
        return self.console_certificate is not None

    @model_validator(mode="after")
    def _certificate_and_key(self) -> Self:
        if (self.console_certificate is None) != (self.console_key is None):
            raise ValueError("console_certificate and console_key go together")
        return self


def bracketed(host: str) -> str:
    """An IPv6 address as addresses write it."""
    return f"[{host}]" if ":" in host else host


def parse_settings(text: str, *, where: str) -> Settings:
    """Settings from node.toml's text. Raises InputError with file and key."""
    try:
        table: dict[str, Any] = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML ({error})", where=where) from None
    except RecursionError:
        raise InputError("nested too deeply for settings", where=where) from None
    except ValueError:  # an integer of thousands of digits, which Python does not convert
        raise InputError("a number too long for settings", where=where) from None
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise InputError(
            in_words(fault), where=f"{where}, {place}" if place else where, do="see docs/node.md"
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
