"""A scenario's traffic as a receiver would have written it: readsb JSON lines, and who belongs to whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from skyaccord.demo.sorties import ADDRESS_BASE
from skyaccord.exercise.scenario import Equipment, Scenario
from skyaccord.exercise.scn import Traffic, fly

FIRST_ADDRESS: Final = 0x1000  # above those of the demo's sorties


@dataclass(frozen=True)
class Files:
    """What a feed reads."""

    recording: Path
    party_map: Path
    places: Path


def write_traffic(scenario: Scenario, traffic: Traffic, folder: Path) -> Files:
    """Write the files into `folder`: one report of each aircraft a second."""
    addresses = {
        callsign: f"{ADDRESS_BASE[scenario.party_of(callsign) or 'A'] + FIRST_ADDRESS + number:06x}"
        for number, callsign in enumerate(traffic.callsigns, 1)
    }
    files = Files(folder / "exercise.jsonl", folder / "exercise-parties.csv", folder / "exercise-places.csv")
    lines = []
    usual = Equipment()
    for callsign, moment in fly(traffic, scenario.lasts_s):
        own = scenario.aircraft.get(callsign, usual)
        record = {
            "now": (scenario.start + timedelta(seconds=moment.at_s)).timestamp(),
            "hex": addresses[callsign],
            "type": "adsb_icao",
            "flight": callsign.ljust(8),
            "lat": round(moment.latitude, 6),
            "lon": round(moment.longitude, 6),
            "alt_baro": round(moment.altitude_ft / 25.0) * 25,
            "gs": round(moment.speed_kt, 1),
            "track": round(moment.track_deg % 360.0, 1) % 360.0,
            "baro_rate": round(moment.vertical_rate_ft_min / 64.0) * 64,
            "nic": own.nic,
            "nac_p": own.nac_p,
            "sil": 3,
            "exercise": True,
        }
        if own.category is not None:
            record["category"] = own.category
        lines.append(json.dumps(record, separators=(",", ":")) + "\n")
    files.recording.write_text("".join(lines), encoding="utf-8")
    rows = [f"{addresses[sign]},{party}\n" for sign in addresses if (party := scenario.party_of(sign))]
    files.party_map.write_text("icao24,party\n" + "".join(rows), encoding="utf-8")
    places = "".join(f"{one.name},{one.latitude},{one.longitude}\n" for one in scenario.place)
    files.places.write_text(f"name,latitude,longitude\n{places}", encoding="utf-8")
    return files
