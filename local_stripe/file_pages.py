"""Where the addresses of file links lead: to the file, for whoever has the address, until it expires."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local_stripe import clock
from local_stripe.resources import file_links, files


async def open_link(request: Request) -> Response:
    db = request.app.state.server.db
    for scope, link in db.everywhere(file_links.KIND):
        if link["_token"] != request.path_params["token"]:
            continue
        file = db.get(scope, files.KIND, link["file"])
        if file and not file_links.is_expired(link, clock.now(db)):
            found = files.download(db, scope, file)
            return Response(found.data, headers=found.headers)
    return PlainTextResponse("This link does not exist or has expired.", 404)


ROUTES = [Route("/links/{token}", open_link, methods=["GET"])]
