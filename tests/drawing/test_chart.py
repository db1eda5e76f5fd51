"""The small map: distances, seams, poles, and coasts if the package has them."""

from __future__ import annotations

import numpy as np
import pytest

from skyaccord.airspace.geodesy import horizontal_distance_m
from skyaccord.drawing import coast
from skyaccord.drawing.chart import Chart
from skyaccord.drawing.shapes import Labels

PLACES = [(36.8, -121.6), (0.0, 180.0), (0.0, -180.0), (89.9, 20.0), (-90.0, 0.0), (60.0, 179.99)]


@pytest.mark.parametrize("place", PLACES)
def test_distances_from_the_middle_are_right_everywhere(place: tuple[float, float]) -> None:
    latitude = np.clip(place[0] + np.array([0.0, 0.3, -0.3, 0.2]), -90, 90)
    longitude = place[1] + np.array([0.0, 0.3, 0.3, -0.3])
    chart = Chart(*place, 10.0, 400.0, 300.0)
    x, y = chart(latitude, longitude)
    drawn_nm = np.hypot(x - 200, y - 150) / 10
    true_nm = horizontal_distance_m(*place, latitude, longitude) / 1852
    assert np.allclose(drawn_nm, true_nm, rtol=6e-3, atol=1e-6)


@pytest.mark.parametrize("place", PLACES)
def test_all_points_are_on_their_map_and_it_is_centred(place: tuple[float, float]) -> None:
    rng = np.random.default_rng(1)
    latitude = np.clip(place[0] + rng.uniform(-0.5, 0.5, 50), -90, 90)
    longitude = place[1] + rng.uniform(-0.5, 0.5, 50)
    chart = Chart.around(latitude, longitude, 400.0, 300.0)
    x, y = chart(latitude, longitude)
    assert chart.inside(x, y).all()
    assert (x.min() + x.max()) / 2 == pytest.approx(200, abs=1)
    assert (y.min() + y.max()) / 2 == pytest.approx(150, abs=1)
    labels = Labels(0, 0, 400, 300)
    drawing = chart.graticule(labels) + chart.scale_bar(labels) + chart.north(labels)
    assert "nan" not in drawing
    assert " NM</text>" in drawing
    assert "°" in drawing


def test_one_place_and_the_whole_earth_have_a_map() -> None:
    one = Chart.around(np.array([50.0]), np.array([10.0]), 400.0, 300.0)
    assert one.half_span_nm < 6
    all_round = np.linspace(-180, 180, 36, endpoint=False)
    world = Chart.around(np.zeros(36), all_round, 400.0, 300.0)
    assert "nan" not in world.graticule(Labels(0, 0, 400, 300))


def test_a_line_keeps_what_is_on_the_map_and_is_cut_at_breaks() -> None:
    chart = Chart(50.0, 10.0, 10.0, 400.0, 300.0)
    x = np.array([-500.0, -300.0, 10.0, 10.2, 200.0, 600.0, 900.0, 950.0])
    y = np.full(8, 100.0)
    assert chart.drawn(x, y) == "M-300 100L10 100L200 100L600 100"
    assert chart.drawn(x, y, np.array([4])) == "M-300 100L10 100L10.2 100M200 100L600 100"
    assert chart.drawn(x - 2000, y) == ""


def test_words_do_not_stand_on_words() -> None:
    labels = Labels(0, 0, 100, 50)
    assert labels.place(10, 20, "abc")
    assert not labels.place(12, 22, "abc")
    assert not labels.place(90, 20, "abcdef")
    assert labels.place(90, 40, "abc", "end")


def test_topology_is_decoded_to_degrees(monkeypatch: pytest.MonkeyPatch) -> None:
    topology = {
        "transform": {"scale": [0.1, 0.2], "translate": [-180.0, -90.0]},
        "arcs": [[[10, 5], [1, 1], [-1, 0]], [[1900, 700], [5, 5]]],
    }
    lines = coast._decoded(topology)
    assert lines is not None
    longitude, latitude, starts = lines
    assert longitude.tolist() == pytest.approx([-179.0, -178.9, -179.0, 10.0, 10.5])
    assert latitude.tolist() == pytest.approx([-89.0, -88.8, -88.8, 50.0, 51.0])
    assert starts.tolist() == [0, 3]
    monkeypatch.setattr(coast, "_lines", lambda: lines)
    assert 'class="coast"' in coast.coast(Chart(50.5, 10.2, 2.0, 400.0, 300.0))
    assert coast.coast(Chart(0.0, 100.0, 2.0, 400.0, 300.0)) == ""
    assert coast.coast(Chart(50.5, 10.2, 0.01, 400.0, 300.0)) == ""
    monkeypatch.setattr(coast, "_lines", lambda: None)
    assert coast.coast(Chart(50.5, 10.2, 2.0, 400.0, 300.0)) == ""
