"""The Starlette application: the API, control routes, hosted pages and scripts for browsers, in one process."""

import asyncio
import contextlib
import logging
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import local_stripe.control_accounts
import local_stripe.control_money
import local_stripe.control_oauth
import local_stripe.control_requirements
import local_stripe.control_snapshots
import local_stripe.resources.all  # noqa: F401 - fills the registry of routes
from local_stripe import api, clock, connect_js, control, file_pages, stripe_js
from local_stripe.delivery import Deliverer
from local_stripe.resources import login_links, oauth_pages, onboarding
from local_stripe.server import Server

log = logging.getLogger("local_stripe.app")
HERE = Path(__file__).parent
TICK = 0.2  # wall seconds between looks at the clock
METHODS = ["GET", "POST", "DELETE", "OPTIONS", "PATCH", "PUT"]


def create_app(server: Server) -> Starlette:
    @contextlib.asynccontextmanager
    async def lifespan(app):
        deliverer = Deliverer(server.db)
        ticker = asyncio.create_task(tick(server, deliverer))
        yield
        ticker.cancel()
        await asyncio.gather(ticker, return_exceptions=True)
        await deliverer.close()

    routes = [
        Route("/_control", control.endpoint, methods=METHODS),
        Route("/_control/{path:path}", control.endpoint, methods=METHODS),
        *onboarding.ROUTES,
        *oauth_pages.ROUTES,
        *login_links.ROUTES,
        *stripe_js.ROUTES,
        *connect_js.ROUTES,
        *file_pages.ROUTES,
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/{path:path}", api.endpoint, methods=METHODS),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.server = server
    return app


async def tick(server: Server, deliverer: Deliverer) -> None:
    """Let timers fire and webhooks go out by themselves as time passes."""
    while True:
        try:
            clock.run_due(server.db)
            deliverer.start_due()
        except Exception:  # one bad moment must not stop time for good
            log.exception("the clock stumbled")
        await asyncio.sleep(TICK)
