"""The pages of the server."""

from dev.local_stripe.api.application import Response
from dev.local_stripe.world.world import World


class Pages:
    def __init__(self, world: World) -> None:
        self._world = world

    def respond(self, method: str, path: str, body: str) -> Response:
        return Response(404, b"<!doctype html><title>Not found</title><p>Not found.", content_type="text/html")
