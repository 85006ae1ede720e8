"""`fer-keras web`: the page in the browser, from this package; pictures stay in the browser."""

import argparse
import contextlib
import threading
import webbrowser

from fer_keras.commands.ending import entry_point, run_command
from fer_keras.commands.program import Parser


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Serve the page until Ctrl-C; return 0, or 2 for a port that cannot be had."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _serve(options.port, options.browser))


def _parser() -> Parser:
    from fer_keras.web.server import HOST, PORT

    parser = Parser(
        prog="fer-keras web",
        description=f"Photos and the webcam in a page at {HOST}, computed in the browser: nothing leaves it.",
    )
    parser.add_argument("--port", type=_port, default=PORT, metavar="N", help=f"default: {PORT}; 0: any free one")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="print the address, open no browser")
    return parser


def _serve(port: int, with_browser: bool) -> int:
    from fer_keras.web.server import address, open_server

    with open_server(port) as server:
        url = address(server)
        print(f"{url}  (Ctrl-C ends it)", flush=True)
        if with_browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, received {text}")
    return port
