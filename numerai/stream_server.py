"""``python -m numerai.stream_server``: the server of the stream, beside the one of the API."""

import argparse
import resource

import uvicorn

# For each open page a file.
FILES = 65536


def main() -> None:
    """Serve until a signal; open pages are let go three seconds after it."""
    parser = argparse.ArgumentParser(prog="python -m numerai.stream_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    arguments = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES if hard == resource.RLIM_INFINITY else min(FILES, hard), hard))
    uvicorn.run(
        "numerai.asgi:application",
        host=arguments.host,
        port=arguments.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        # The application writes its own line, without the query. What serves it is nobody's business.
        access_log=False,
        log_config=None,
        server_header=False,
        headers=[("Server", "numerai")],
        backlog=4096,
        # Longer than the proxy keeps an idle connection.
        timeout_keep_alive=75,
        # Open pages would keep it from ever stopping.
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
