"""python -m local_stripe --port 12111 --data var/stripe.sqlite3"""

import argparse
import logging

import uvicorn

from local_stripe import clock
from local_stripe.app import create_app
from local_stripe.connections import BreakableProtocol
from local_stripe.server import Limiter, Server
from local_stripe.store import Store

SANDBOX_RATE = 25  # requests per second of a Stripe sandbox


def main() -> None:
    options = parse_options()
    logging.basicConfig(level=logging.WARNING, format="local stripe: %(levelname)s %(name)s %(message)s")
    public_url = (options.public_url or f"http://{options.host}:{options.port}").rstrip("/")
    server = Server(db=Store(options.data), limiter=Limiter(options.rate_limit), public_url=public_url)
    if options.starts_at:
        clock.start_at(server.db, clock.from_iso(options.starts_at))
    uvicorn.run(
        create_app(server),
        host=options.host,
        port=options.port,
        http=BreakableProtocol,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_stripe", description="A stateful Stripe on loopback.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", required=True, help="SQLite file that keeps the state")
    parser.add_argument("--rate-limit", type=int, default=SANDBOX_RATE, help="requests per second, 0 for no limit")
    parser.add_argument("--starts-at", help="where the clock of a new file starts, such as 2026-11-06T09:00:00Z")
    parser.add_argument("--public-url", help="address browsers reach this server by, for hosted pages")
    return parser.parse_args()


if __name__ == "__main__":
    main()
