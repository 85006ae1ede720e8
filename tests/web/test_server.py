"""The page's server answers the files of the page, with a strict policy, and nothing else."""

import gzip
import http.client
import re
import socket
import threading

import pytest

from fer_keras import pretrained
from fer_keras.commands import main
from fer_keras.io.errors import UserError
from fer_keras.web import server, site

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
TYPES = {
    "/": "text/html; charset=utf-8",
    "/index.js": "text/javascript; charset=utf-8",
    "/worker.js": "text/javascript; charset=utf-8",
    "/index.css": "text/css; charset=utf-8",
    "/icon.svg": "image/svg+xml",
    "/drawn.png": "image/png",
    "/litert_wasm_compat_internal.wasm": "application/wasm",
    "/model/model.tflite": "application/octet-stream",
    "/model/detector.tflite": "application/octet-stream",
    "/model/record.json": "application/json",
    "/model/MODEL_CARD.md": "text/plain; charset=utf-8",
}


@pytest.fixture(scope="module")
def port():
    with server.open_server(0) as opened:
        threading.Thread(target=opened.serve_forever, daemon=True).start()
        yield opened.server_address[1]
        opened.shutdown()


def answer(port, path, method="GET", **headers):
    """Return the response to a request as it is written, not tidied as a browser would, and its content."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


@pytest.mark.parametrize("path", TYPES)
def test_each_file_has_its_type_and_nothing_may_guess_another(port, path):
    response, content = answer(port, path)
    assert (response.status, response.headers["Content-Type"]) == (200, TYPES[path])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert len(content) == int(response.headers["Content-Length"]) > 0


@pytest.mark.parametrize("path", ["/", "/worker.js", "/nothing"])
def test_the_policy_is_strict_on_every_answer(port, path):
    response, _ = answer(port, path)
    directives = response.headers["Content-Security-Policy"].split("; ")
    assert dict(directive.split(" ", 1) for directive in directives) == POLICY
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "fer-keras" == response.headers["Server"].strip()


def test_the_model_is_the_package_s_own(port):
    assert answer(port, "/model/model.tflite")[1] == pretrained.model_file().read_bytes()


def test_webassembly_is_sent_compressed_to_whom_accepts_it(port):
    path = "/litert_wasm_compat_internal.wasm"
    plain, compressed = answer(port, path), answer(port, path, **{"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain[0].headers
    assert compressed[0].headers["Content-Encoding"] == "gzip"
    assert plain[1] == gzip.decompress(compressed[1])
    assert plain[1][:4] == b"\0asm"


@pytest.mark.parametrize(
    "path",
    [
        "/../server.py",
        "/%2e%2e/server.py",
        "/..%2fserver.py",
        "/model/../../server.py",
        "//etc/passwd",
        "/static",
        "/static/",
        "/model",
        "/model/",
        "/files.json",
        "/litert_wasm_compat_internal.wasm.gz",
        "/%00",
    ],
)
def test_no_other_path_is_answered(port, path):
    response, content = answer(port, path)
    assert response.status == 404
    assert b"import" not in content and b"Directory" not in content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_sent_to_it(port, method):
    assert answer(port, "/", method)[0].status == 501


def test_a_head_has_no_content_and_a_query_changes_nothing(port):
    head, content = answer(port, "/?a=b", "HEAD")
    assert (head.status, content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(answer(port, "/")[1])


def test_it_listens_on_this_machine_alone(port):
    with server.open_server(0) as opened:
        assert opened.server_address[0] == "127.0.0.1"
        assert server.address(opened) == f"http://127.0.0.1:{opened.server_address[1]}/"


def test_a_port_in_use_is_one_line(port, capsys):
    assert main.main(["web", "--no-browser", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"error: Expected a free port on 127.0.0.1. Received: {port}, one in use. "
        "Give another one with --port; 0 takes any that is free.\n"
    )


@pytest.mark.parametrize("word", ["-1", "65536", "http"])
def test_a_bad_port_is_named(word, capsys):
    with pytest.raises(SystemExit) as ended:
        main.main(["web", "--port", word])
    assert ended.value.code == 2
    assert re.search(f"argument --port: .*{word}", capsys.readouterr().err)


def test_a_page_that_was_not_installed_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(site, "STATIC", tmp_path)
    with pytest.raises(UserError, match=r"Expected the page's files in .* Received: no index\.html\. Install"):
        site.files()


def test_the_port_is_free_again_when_the_server_is_closed():
    with server.open_server(0) as opened:
        number = opened.server_address[1]
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", number))
