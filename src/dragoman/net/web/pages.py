"""The web client: files that were built, each under its own name, and its page for every other path."""

from collections.abc import Iterator
from pathlib import Path

from aiohttp import web

from dragoman.net.web.guard import problem

_FOREVER = "public, max-age=31536000, immutable"
_NEVER = "no-cache"
_INDEX = "index.html"
_TWINS = (".br", ".gz")
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_TEXTS = ("text/", "application/json", "application/manifest+json")
UNBUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Dragoman</title></head>
<body><h1>Dragoman</h1><p>The server runs, but its web client was not built: <code>make web</code> does that.</p>
<p>Programs find the API at <code>/jmap/session</code>.</p></body></html>
"""


class Pages:
    """The files below a directory, looked for once: a path that is none of them leads nowhere else."""

    def __init__(self, directory: Path) -> None:
        self._files = dict(_files(directory))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A file, or the client's page where a path may be one of its own."""
        path = request.match_info["path"]
        file = self._files.get(path or _INDEX)
        if file is None and "." not in path.rpartition("/")[2]:
            path, file = _INDEX, self._files.get(_INDEX)
            if file is None:
                return web.Response(text=UNBUILT, content_type="text/html", headers={"Cache-Control": _NEVER})
        if file is None:
            return problem(404, "there is no such file")
        kept = _FOREVER if path.startswith("assets/") else _NEVER
        kind = _TYPES.get(file.suffix, "application/octet-stream")
        charset = "; charset=utf-8" if kind.startswith(_TEXTS) else ""
        # aiohttp takes the compressed twin beside the file where the browser accepts it.
        return web.FileResponse(file, headers={"Cache-Control": kept, "Content-Type": kind + charset})


def _files(directory: Path) -> Iterator[tuple[str, Path]]:
    if not directory.is_dir():
        return
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.suffix not in _TWINS:
            yield path.relative_to(directory).as_posix(), path
