"""Where browsers load stripe.js from."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

SCRIPT = Path(__file__).parent / "static" / "stripe.js"
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


async def serve(request: Request) -> FileResponse:
    return FileResponse(SCRIPT, media_type="text/javascript", headers=HEADERS)


# The second address is the one Stripe itself uses.
ROUTES = [Route("/js/stripe.js", serve), Route("/v3/", serve)]
