"""What a browser gets from the page of a finished run."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient
from support.live_page import page_client
from support.made_up_record import write_run

FRAME_COUNT = 14


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("live") / "run"
    write_run(folder)
    with page_client(folder) as (client, _):
        yield client


def test_the_page_needs_nothing_from_outside(client: TestClient) -> None:
    html = client.get("/").text
    assert '<script type="module" src="/assets/js/main.mjs">' in html
    assert "http" not in html.replace("http-equiv", "")
    policy = client.get("/").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("js/main.mjs", "text/javascript"),
        ("js/panels/curve.mjs", "text/javascript"),
        ("css/page.css", "text/css"),
        ("uplot/uPlot.esm.js", "text/javascript"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_assets_come_from_the_package(client: TestClient, path: str, kind: str) -> None:
    answer = client.get(f"/assets/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_module_that_is_imported_is_there(client: TestClient) -> None:
    waiting, seen = ["js/main.mjs"], set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = client.get(f"/assets/{path}")
        assert answer.status_code == 200, path
        for line in answer.text.splitlines():
            if line.startswith("import ") and ' from "' in line:
                target = line.split(' from "')[1].rstrip('";')
                found = (Path("/") / Path(path).parent / target).resolve().relative_to("/").as_posix()
                if found not in seen and not found.startswith("uplot/"):
                    waiting.append(found)
    assert len(seen) > 20


def test_the_state_tells_how_the_run_stands(client: TestClient) -> None:
    state = client.get("/api/state").json()
    assert state["identity"]["sample"] == "LPSCl-coarse-03"
    assert state["identity"]["simulated"] is True
    assert state["standing"]["over"] is True
    assert state["cell"]["samples"] == 600
    assert state["cell"]["voltage_V"] == pytest.approx(3.6 - 0.059)
    assert [one["cycle"] for one in state["cycles"]] == [1, 2, 3, 4, 5]
    assert state["surroundings"][0]["unit"] == "mbar"
    assert state["surroundings"][0]["last"] == pytest.approx(1013.84, abs=0.01)
    assert state["storage"]["free_bytes"] > 0
    assert state["timeline"]["remaining_s"] is None


def test_the_first_message_has_everything(client: TestClient) -> None:
    with client.websocket_connect("ws://127.0.0.1:8765/news?pixels=800") as socket:
        assert socket.receive_json() == {"may_steer": True, "why_not": ""}
        first = socket.receive_json()
    assert first["first"] is True
    assert len(first["curve"]["time_s"]) == 600
    assert len(first["frames"]) == FRAME_COUNT
    assert first["frames"][0][1:3] == ["anode", "SE"]
    assert len(first["spectra"]) == 5
    assert {"identity", "standing", "cell", "timeline", "alarms", "dose", "acts"} <= first["parts"].keys()


def test_a_narrow_screen_gets_fewer_points(client: TestClient) -> None:
    with client.websocket_connect("ws://127.0.0.1:8765/news?pixels=50") as socket:
        socket.receive_json()
        assert len(socket.receive_json()["curve"]["time_s"]) <= 202


def test_then_comes_a_sign_of_life(client: TestClient) -> None:
    with client.websocket_connect("ws://127.0.0.1:8765/news?pixels=none") as socket:
        socket.receive_json()
        socket.receive_json()
        life = socket.receive_json()
    assert life["first"] is False
    assert life["age_s"] >= 0
    assert "curve" not in life


def test_a_stretch_of_the_curve(client: TestClient) -> None:
    curve = client.get("/api/curve", params={"from_s": 100, "to_s": 110, "pixels": 400}).json()
    assert curve["time_s"] == [float(time_s) for time_s in range(99, 112)]
    assert client.get("/api/curve", params={"from_s": "x"}).status_code == 400


def test_pictures_are_stretched_scaled_and_kept(client: TestClient) -> None:
    number = client.get("/api/frames/1").json()["number"]
    answer = client.get(f"/pictures/{number}/4096")
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    picture = Image.open(io.BytesIO(answer.content)).convert("L")
    details = client.get(f"/api/frames/{number}").json()
    assert picture.size == (details["width"], details["height"])
    darkest, brightest = picture.getextrema()
    assert isinstance(darkest, int | float) and isinstance(brightest, int | float)
    assert darkest < 16
    assert brightest > 239
    assert client.get(f"/pictures/{number}/4096").content == answer.content
    assert client.get(f"/pictures/{number}/17").status_code == 400
    assert client.get("/pictures/999/144").status_code == 404


def test_a_frame_says_all_that_is_written_under_it(client: TestClient) -> None:
    frame = client.get("/api/frames/1").json()
    assert frame["detector"] == "SE"
    assert frame["scale_bar_m"] < frame["field_m"]
    assert frame["beam_voltage_V"] == 5000.0


def test_a_spectrum_has_lines_that_the_beam_excites(client: TestClient) -> None:
    spectrum = client.get("/api/spectra/1").json()
    assert len(spectrum["counts"]) > 100
    energies = [energy_keV for _, energy_keV in spectrum["lines"]]
    assert all(energy_keV * 1000 < spectrum["beam_voltage_V"] for energy_keV in energies)
    assert client.get("/api/spectra/99").status_code == 404


def test_maps_of_elements(client: TestClient) -> None:
    number = next(number for number in range(1, 6) if client.get(f"/api/spectra/{number}").json()["kind"] == "map")
    names = client.get(f"/api/spectra/{number}").json()["maps"]
    assert "S" in names
    answer = client.get(f"/maps/{number}/S")
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).mode == "RGB"
    assert client.get(f"/maps/{number}/Xx").status_code == 404
    assert client.get("/maps/1/S").status_code == 404
