"""The app's files as they are served."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runtime.web import refusals
from runtime.web.app import CONTENT_POLICY
from runtime.web.pages import pages_blueprint
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import open_house

pytestmark = pytest.mark.integration

INDEX = '<meta name="style-nonce" content=""><script src="/app/index-1.js"></script>'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "app" / "index-1.js").write_text("let three = 3;")
    (tmp_path / "app" / "index-1.js.gz").write_bytes(gzip.compress(b"let three = 3;"))
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


def client(folder: Path) -> FlaskClient:
    app = Flask("pages", static_folder=None)
    app.register_blueprint(pages_blueprint(folder))
    return app.test_client()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/board",
        "/missed",
        "/followups",
        "/quality",
        "/quality/results/r1",
        "/customers/c1",
        "/reports",
        "/trees/hotline",
        "/desk/ticket/1",
    ],
)
def test_every_face_is_the_same_page_with_a_number_of_its_own(built: Path, path: str) -> None:
    browser = client(built)
    answers = [browser.get(path) for _ in range(2)]
    numbers = set()
    for answer in answers:
        number = answer.text.partition('content="')[2].partition('"')[0]
        policy = answer.headers["Content-Security-Policy"]
        assert len(number) > 20
        assert f"style-src 'self' 'nonce-{number}'" in policy
        assert policy.replace(f" 'nonce-{number}'", "") == CONTENT_POLICY
        numbers.add(number)
    assert len(numbers) == 2


def test_files_are_packed_for_those_who_take_it_and_kept_for_ever(built: Path) -> None:
    browser = client(built)
    plain = browser.get("/app/index-1.js")
    packed = browser.get("/app/index-1.js", headers={"Accept-Encoding": "gzip, br"})
    assert plain.data == b"let three = 3;"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    for answer in (plain, packed):
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "javascript" in answer.content_type


def test_nothing_beside_the_app_is_served(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            nobody = Browser(house)
            for path in ("//app/../index.html", "//app/..%2findex.html", "//app/none.js"):
                assert (await nobody.ask("GET", path)).status_code == 404

    run(scenario())


def test_an_app_that_was_not_built_says_what_to_do(tmp_path: Path) -> None:
    app = Flask("pages", static_folder=None)
    app.register_blueprint(pages_blueprint(tmp_path))
    refusals.install(app)
    answer = app.test_client().get("/", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert "make setup" in answer.json["message"]
