"""The node.toml that `node init` writes: what was asked for, and every other setting as a comment."""

from __future__ import annotations

from skyaccord.node.settings import CONSOLE_PORT_DEFAULT, LINK_PORT_DEFAULT, LOOPBACK, bracketed

TEMPLATE = """\
# One party's node. docs/node.md describes every setting; a line that starts with # shows a default.

party = {party}
name = {name}

console_host = {console_host}     # people's browsers connect here; keep it on loopback
console_port = {console_port}
# console_certificate and console_key: PEM files beside this one; with both the console speaks HTTPS alone
link_host = {link_host}        # peers' nodes connect here
link_port = {link_port}
{link_address}

# [peer_addresses]                 # where to reach a peer, when its card's address does not work from here
# B = "https://192.0.2.7:7411"

[monitor]
watch_nm = 20.0                    # what comes nearer is recorded as an approach, never alarmed; 0: none
# inter_party_only = true
# include_unassigned = false
# widen = false

[monitor.own_rule]                 # watched where no accord is in force; shared with nobody
horizontal_nm = 5.0
vertical_ft = 1000.0
# advisory_s = 120.0
# caution_s = 60.0
# warning_s = 30.0
# beside_accords = false

# [hotline]                        # whom this node asks about alerts of its own rule
# role = "duty-officer"
# acknowledge_within_s = 60.0

# [limits]
# consoles_max = 100
# acts_per_minute_max = 120
# requests_per_minute_max = 3000   # of one account
# strangers_per_minute_max = 240   # of one address without an account
# logins_per_minute_max = 20       # tries to sign in from one address
# peer_entries_a_day_max = 200000  # what each peer's journal may take up here; more is refused
# peer_mebibytes_a_day_max = 512
# peer_entries_max = 50000000
# peer_mebibytes_max = 65536

# [accounts]                       # skyaccord account add NAME --role ROLE --node DIR
# session_s = 46800.0              # a watch of twelve hours and the handover
# idle_s = 1800.0                  # without a request or an open console
# second_factor = true
# reads_kept = 1000000

# [link]
# pull = true                      # fetch from peers: they cannot reach this node (link_address "none")

# [talks]
# representatives_sign = true      # a representative's word at the console signs accords with the party's key

# [trial]                          # what a clause can be tried on at the console
# recordings = ["day.jsonl.gz"]
# party_map = "party_map.csv"      # without it all pairs count
# everywhere = true                # leave the accord's areas out

# [feed]                           # where the picture comes from; noticed while the node runs
# kind = "replay"
# files = ["day.jsonl.gz"]
# speed = 10.0
# party_map = "party_map.csv"
# places = "towns.csv"             # name,latitude,longitude: names on the console's map
"""


def quoted(text: str) -> str:
    """A TOML basic string."""
    import json

    return json.dumps(text, ensure_ascii=False)


def settings_text(
    party: str,
    name: str,
    *,
    console_port: int = CONSOLE_PORT_DEFAULT,
    link_port: int = LINK_PORT_DEFAULT,
    console_host: str = LOOPBACK,
    link_host: str = LOOPBACK,
    link_address: str | None = None,
) -> str:
    """The text of a new node.toml."""
    shown = f'# link_address = "https://{bracketed(link_host)}:{link_port}"'
    if link_address is not None:
        shown = f"link_address = {quoted(link_address)}"
    return TEMPLATE.format(
        party=quoted(party),
        name=quoted(name),
        console_host=quoted(console_host),
        console_port=console_port,
        link_host=quoted(link_host),
        link_port=link_port,
        link_address=f"{shown}     # what the card tells peers",
    )
