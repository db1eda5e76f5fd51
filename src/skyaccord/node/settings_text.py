"""The node.toml that `node init` writes: what was asked for, and every other setting as a comment."""

from __future__ import annotations

from skyaccord.node.settings import CONSOLE_PORT_DEFAULT, LINK_PORT_DEFAULT, LOOPBACK, bracketed

TEMPLATE = """\
# One party's node. docs/node.md describes every setting; a line that starts with # shows a default.

party = {party}
name = {name}

console_host = {console_host}     # people's browsers connect here; keep it on loopback
console_port = {console_port}
link_host = {link_host}        # peers' nodes connect here
link_port = {link_port}
{link_address}

# [peer_addresses]                 # where to reach a peer, when its card's address does not work from here
# B = "http://192.0.2.7:7411"

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
    shown = f'# link_address = "http://{bracketed(link_host)}:{link_port}"'
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
