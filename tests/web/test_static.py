"""The built page in the package is of the sources in web/; .ci/run builds it anew and compares the files themselves."""

import hashlib
import json
import pathlib
import re

import pytest

from fer_keras.web import site

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
FILES, FOLDERS = ("index.html", "package-lock.json", "vite.config.js"), ("public", "src")
MODULES = [path for path in WEB.rglob("*.js") if not {"node_modules", "dist"} & set(path.parts)]


def test_the_page_was_built_from_these_sources():
    inside = [path.relative_to(WEB).as_posix() for folder in FOLDERS for path in (WEB / folder).rglob("*")]
    names = sorted(name for name in (*FILES, *inside) if (WEB / name).is_file())
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\0".encode() + (WEB / name).read_bytes())
    built = json.loads((site.FOLDER / "build.json").read_text())["sources"]
    assert digest.hexdigest() == built, "run npm run build in web/"


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (WEB / "package-lock.json").read_text()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_module_is_short_and_explained(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250 and max(map(len, lines)) <= 120
    assert lines[0].startswith("/**") or path.name == "vite.config.js"


def test_nothing_in_the_page_names_another_address():
    page = (site.STATIC / site.PAGE).read_text(encoding="utf-8")
    assert re.findall(r"(?:src|href)=\"([^\"]+)\"", page)
    assert not [link for link in re.findall(r"(?:src|href)=\"([^\"]+)\"", page) if not link.startswith("./")]
    assert not re.search(r"<script>|<style|\son\w+=", page)
