"""The page in the browser: its built files (sources in web/), and a server of them for this machine."""
