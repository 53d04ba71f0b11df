"""A Hugging Face Hub on this machine, for the real clients: commits, branches, tags, LFS, ranges.

It speaks as much of the Hub's language as ``huggingface_hub`` and ``datasets`` use to make, fill, read
and list a dataset repository. Requests are remembered, and a test can make some of them fail. What was
hard to find out is said where it matters.
"""

from __future__ import annotations

import base64
import contextlib
import fnmatch
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = ["*.parquet", "*.arrow", "*.zip", "*.gz", "*.zst", "*.bin"]
LARGE_SIZE = 10 * 1024 * 1024
DATE = "2026-01-01T00:00:00.000Z"

Tree = dict[str, dict[str, Any]]


class Refused(Exception):
    """An answer that is an error: status, the Hub's code for it, and what it says."""

    def __init__(self, status: int, code: str = "", message: str = "", **headers: str) -> None:
        self.status, self.code, self.message, self.headers = status, code, message or code, headers


@dataclass
class Repository:
    """Commits by id, and refs such as ``heads/main`` or ``tags/v1.0.0``."""

    private: bool
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)

    def commit(self, ref: str, tree: Tree, title: str, parents: list[str]) -> str:
        content = {"tree": tree, "title": title, "parents": parents, "number": len(self.commits)}
        name = hashlib.sha1(json.dumps(content, sort_keys=True).encode()).hexdigest()
        self.commits[name] = content
        self.refs[ref] = name
        return name

    def find(self, revision: str) -> str:
        """The commit of a branch, a tag or an id."""
        for name in (f"heads/{revision}", f"tags/{revision}", revision.removeprefix("refs/")):
            if name in self.refs:
                return self.refs[name]
        if revision not in self.commits:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return revision


@dataclass
class Request:
    """A request that came: what it was, what was sent with it, and how it was answered."""

    method: str
    path: str
    route: str
    body: bytes
    status: int = 0


class LoopbackHub:
    """The server; it runs from ``start`` to ``stop``."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.repositories: dict[str, Repository] = {}
        self.contents: dict[str, bytes] = {}
        self.large: dict[str, bytes] = {}
        self.requests: list[Request] = []
        self.lock = threading.RLock()
        self.before: Callable[[Request], None] = lambda request: None
        """Called before each request is answered; may raise Refused, or Dropped."""

    def start(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("_", (Handler,), {"hub": self}))
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def clear(self) -> None:
        """Forget all repositories, files and requests."""
        for kept in (self.repositories, self.contents, self.large, self.requests):
            kept.clear()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add_dataset(self, name: str, folder: Path) -> Repository:
        """A public dataset whose main branch has the files of a folder."""
        repository = self.repositories[f"datasets/{name}"] = Repository(private=False)
        tree = {
            path.relative_to(folder).as_posix(): self.keep(path.read_bytes())
            for path in folder.rglob("*")
            if path.is_file()
        }
        repository.commit("heads/main", tree, "Add files", [])
        return repository

    def repository(self, name: str) -> Repository:
        return self.repositories[f"datasets/{name}"]

    def files(self, name: str, revision: str = "main") -> dict[str, bytes]:
        """The files of a revision."""
        repository = self.repository(name)
        tree = repository.commits[repository.find(revision)]["tree"]
        return {path: self.content(entry) for path, entry in tree.items()}

    def content(self, entry: dict[str, Any]) -> bytes:
        return self.large[entry["lfs"]] if "lfs" in entry else self.contents[entry["oid"]]

    def keep(self, content: bytes) -> dict[str, Any]:
        oid = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        self.contents[oid] = content
        return {"oid": oid, "size": len(content)}

    def writes(self) -> list[Request]:
        """Requests that change or send something, in order."""
        asking = {"validate_yaml", "preupload", "paths_info"}
        return [r for r in self.requests if r.method in ("POST", "PUT") and r.route not in asking]


class Dropped(Exception):
    """The connection is cut instead of an answer, or the client was killed."""


REPOSITORY = r"/api/(models|datasets)/([^/]+/[^/]+)"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: ClassVar[LoopbackHub]

    ROUTES: ClassVar = [
        ("GET", r"/api/whoami-v2", "whoami"),
        ("POST", r"/api/repos/create", "create"),
        ("POST", r"/api/validate-yaml", "validate_yaml"),
        ("GET", rf"{REPOSITORY}(?:/revision/([^/]+))?", "info"),
        ("GET", rf"{REPOSITORY}/refs", "refs"),
        ("GET", rf"{REPOSITORY}/tree/([^/]+)(?:/(.*))?", "tree"),
        ("POST", rf"{REPOSITORY}/paths-info/([^/]+)", "paths_info"),
        ("POST", rf"{REPOSITORY}/preupload/([^/]+)", "preupload"),
        ("POST", rf"{REPOSITORY}/commit/([^/]+)", "commit"),
        ("POST", rf"{REPOSITORY}/tag/([^/]+)", "tag"),
        ("POST", r"/(?:datasets/)?[^/]+/[^/]+\.git/info/lfs/objects/batch", "lfs_batch"),
        ("PUT", r"/_lfs/([0-9a-f]{64})", "lfs_put"),
        ("POST", r"/_lfs/verify", "lfs_verify"),
        ("GET", r"/(datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", "resolve"),
    ]

    def log_message(self, *_: Any) -> None:
        pass

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the client may have been killed
            super().handle()

    def answer(self) -> None:
        url = urlsplit(self.path)
        self.query = parse_qs(url.query)
        method = "GET" if self.command == "HEAD" else self.command
        route, groups = "unknown", ()
        for wanted, pattern, name in self.ROUTES:
            found = re.fullmatch(pattern, url.path)
            if wanted == method and found:
                route, groups = name, tuple(unquote(g) if g else g for g in found.groups())
                break
        try:
            body = b"".join(self.body())
            self.request_ = Request(self.command, unquote(self.path), route, body)
            self.hub.requests.append(self.request_)
            self.hub.before(self.request_)
            self.authorize(route)
            getattr(self, route)(*groups)
        except Dropped:
            self.close_connection = True
        except Refused as refused:
            headers = {"X-Error-Code": refused.code, "X-Error-Message": refused.message}
            self.send({"error": refused.message}, refused.status, {**headers, **refused.headers})

    do_GET = do_HEAD = do_POST = do_PUT = answer

    def authorize(self, route: str) -> None:
        sent = self.headers.get("Authorization")
        self.known = sent == f"Bearer {self.hub.token}"
        if sent is not None and not self.known:
            raise Refused(401, message="Invalid credentials in Authorization header")
        if not self.known and route in (
            "whoami",
            "create",
            "preupload",
            "commit",
            "tag",
            "lfs_batch",
        ):
            raise Refused(401, message="Invalid username or password.")

    def body(self) -> Iterator[bytes]:
        # The client sends a file as chunks.
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while size := int(self.rfile.readline().split(b";")[0] or b"-1", 16):
                if size < 0:
                    raise Dropped
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length)
            if len(content) < length:
                raise Dropped
            yield content

    def json(self) -> Any:
        return json.loads(self.request_.body or b"{}")

    def send(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.request_.status = status
        self.send_response(status)
        usual = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**usual, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def at(self, kind: str, name: str, revision: str | None) -> tuple[Repository, str, Tree]:
        """A repository, a commit of it and the commit's files."""
        repository = self.hub.repositories.get(f"{kind}/{name}")
        if repository is None or (repository.private and not self.known):
            raise Refused(404 if self.known else 401, "RepoNotFound", "Repository not found")
        commit = repository.find(revision or "main")
        return repository, commit, repository.commits[commit]["tree"]

    def unknown(self) -> None:
        raise Refused(404, message="no such route")

    # Accounts, repositories and lists.

    def whoami(self) -> None:
        token = {"type": "access_token", "accessToken": {"role": "write"}}
        self.send({"type": "user", "id": "0", "name": "tester", "orgs": [], "auth": token})

    def create(self) -> None:
        wanted = self.json()
        name = f"{wanted.get('organization') or 'tester'}/{wanted['name']}"
        key = f"{wanted.get('type', 'model')}s/{name}"
        with self.hub.lock:
            if key in self.hub.repositories:
                raise Refused(409, message="You already created this dataset repo")
            private = wanted.get("private") or wanted.get("visibility") == "private"
            repository = self.hub.repositories[key] = Repository(private=bool(private))
            attributes = self.hub.keep(b"*.parquet filter=lfs diff=lfs merge=lfs -text\n")
            repository.commit("heads/main", {".gitattributes": attributes}, "initial commit", [])
        self.send({"url": f"{self.hub.endpoint}/{key}", "name": name, "id": name})

    def validate_yaml(self) -> None:
        self.send({"errors": [], "warnings": []})

    def info(self, kind: str, name: str, revision: str | None) -> None:
        repository, commit, tree = self.at(kind, name, revision)
        self.send(
            {
                "_id": "0",
                "id": name,
                "author": name.split("/", maxsplit=1)[0],
                "sha": commit,
                "lastModified": DATE,
                "createdAt": DATE,
                "private": repository.private,
                "gated": False,
                "disabled": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "siblings": [{"rfilename": path} for path in sorted(tree)],
            }
        )

    def refs(self, kind: str, name: str) -> None:
        repository, _, _ = self.at(kind, name, None)

        def listed(prefix: str) -> list[dict[str, str]]:
            return [
                {"name": ref.removeprefix(prefix), "ref": f"refs/{ref}", "targetCommit": commit}
                for ref, commit in repository.refs.items()
                if ref.startswith(prefix)
            ]

        branches, tags = listed("heads/"), listed("tags/")
        self.send({"branches": branches, "tags": tags, "converts": [], "pullRequests": []})

    def entry(self, path: str, tree: Tree) -> dict[str, Any]:
        if path not in tree:
            oid = hashlib.sha1(path.encode()).hexdigest()
            return {"type": "directory", "path": path, "oid": oid, "size": 0}
        found = tree[path]
        listed = {"type": "file", "path": path, "oid": found["oid"], "size": found["size"]}
        if "lfs" in found:
            size = len(pointer(found["lfs"], found["size"]))
            listed["lfs"] = {"oid": found["lfs"], "size": found["size"], "pointerSize": size}
        return listed

    def tree(self, kind: str, name: str, revision: str, folder: str | None) -> None:
        _, commit, tree = self.at(kind, name, revision)
        prefix = [part for part in (folder or "").split("/") if part]
        deep = self.query.get("recursive", ["false"])[0].lower() in ("true", "1")
        found = set()
        for path in tree:
            parts = path.split("/")
            if parts[: len(prefix)] == prefix and len(parts) > len(prefix):
                last = len(parts) if deep else len(prefix) + 1
                found.update("/".join(parts[:n]) for n in range(len(prefix) + 1, last + 1))
        if prefix and not found:
            raise Refused(404, "EntryNotFound", f"{folder} does not exist on {revision}")
        listed = [self.entry(path, tree) for path in sorted(found)]
        self.send(listed, headers={"X-Repo-Commit": commit})

    def paths_info(self, kind: str, name: str, revision: str) -> None:
        _, _, tree = self.at(kind, name, revision)
        is_json = "json" in self.headers.get("Content-Type", "")
        form = {} if is_json else parse_qs(self.request_.body.decode())
        paths = self.json()["paths"] if is_json else form.get("paths", [])
        there = [p for p in paths if p in tree or any(path.startswith(f"{p}/") for path in tree)]
        self.send([self.entry(path, tree) for path in there])

    # Uploads.

    def preupload(self, kind: str, name: str, revision: str) -> None:
        _, commit, tree = self.at(kind, name, revision)

        def planned(file: dict[str, Any]) -> dict[str, Any]:
            path = file["path"]
            large = file["size"] > LARGE_SIZE or any(fnmatch.fnmatch(path, p) for p in LARGE)
            mode = {
                "path": path,
                "uploadMode": "lfs" if large else "regular",
                "shouldIgnore": False,
            }
            # With this the client leaves out what has not changed.
            old = tree.get(path)
            return {**mode, "oid": old.get("lfs") or old["oid"]} if old else mode

        self.send({"commitOid": commit, "files": [planned(file) for file in self.json()["files"]]})

    def lfs_batch(self) -> None:
        wanted = []
        for item in self.json()["objects"]:
            answer = {"oid": item["oid"], "size": item["size"]}
            # Without actions it is there already.
            if item["oid"] not in self.hub.large:
                upload = {"href": f"{self.hub.endpoint}/_lfs/{item['oid']}"}
                answer["actions"] = {
                    "upload": upload,
                    "verify": {"href": f"{self.hub.endpoint}/_lfs/verify"},
                }
            wanted.append(answer)
        self.send({"transfer": "basic", "objects": wanted})

    def lfs_put(self, oid: str) -> None:
        if hashlib.sha256(self.request_.body).hexdigest() != oid:
            raise Refused(400, message="sha256 mismatch")
        self.hub.large[oid] = self.request_.body
        self.send({})

    def lfs_verify(self) -> None:
        wanted = self.json()
        there = len(self.hub.large.get(wanted["oid"], b"")) == wanted["size"]
        self.send({}, 200 if there else 404)

    def commit(self, kind: str, name: str, branch: str) -> None:
        header, *operations = [json.loads(line) for line in self.request_.body.splitlines() if line]
        with self.hub.lock:
            repository, parent, tree = self.at(kind, name, branch)
            if header["value"].get("parentCommit", parent) != parent:
                raise Refused(
                    412, message="A commit has happened since. Please refresh and try again."
                )
            tree = dict(tree)
            for operation in operations:
                self.apply(operation["key"], operation["value"], tree)
            title = header["value"]["summary"]
            commit = repository.commit(f"heads/{branch}", tree, title, [parent])
        url = f"{self.hub.endpoint}/{kind}/{name}/commit/{commit}"
        self.send({"success": True, "commitOid": commit, "hookOutput": "", "commitUrl": url})

    def apply(self, key: str, value: dict[str, Any], tree: Tree) -> None:
        path = value["path"]
        match key:
            case "file":
                tree[path] = self.hub.keep(base64.b64decode(value["content"]))
            case "lfsFile":
                if value["oid"] not in self.hub.large:
                    raise Refused(400, message=f"LFS object {value['oid']} does not exist")
                kept = self.hub.keep(pointer(value["oid"], value["size"]))
                tree[path] = {"oid": kept["oid"], "size": value["size"], "lfs": value["oid"]}
            case "deletedFile":
                tree.pop(path)

    def tag(self, kind: str, name: str, revision: str) -> None:
        with self.hub.lock:
            repository, commit, _ = self.at(kind, name, revision)
            ref = f"tags/{self.json()['tag']}"
            if ref in repository.refs:
                raise Refused(409, message=f"Reference already exists: refs/{ref}")
            repository.refs[ref] = commit
        self.send({"success": True})

    # Downloads. They are answered at once: the client follows a redirect to the same host on HEAD,
    # and then misses X-Repo-Commit.

    def resolve(self, datasets: str | None, name: str, revision: str, path: str) -> None:
        _, commit, tree = self.at("datasets" if datasets else "models", name, revision)
        if path not in tree:
            raise Refused(404, "EntryNotFound", "Entry not found", **{"X-Repo-Commit": commit})
        entry = tree[path]
        content, etag = self.hub.content(entry), f'"{entry.get("lfs") or entry["oid"]}"'
        headers = {"X-Repo-Commit": commit, "ETag": etag, "Accept-Ranges": "bytes"}
        if "lfs" in entry:
            headers |= {"X-Linked-Etag": etag, "X-Linked-Size": str(entry["size"])}
        status, first, last = 200, 0, len(content) - 1
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if wanted:
            if wanted[1]:
                first, last = int(wanted[1]), min(int(wanted[2] or last), last)
            else:
                first = max(len(content) - int(wanted[2]), 0)
            status = 206 if first <= last else 416
            headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        body = content[first : last + 1] if status != 416 else b""
        length = {"Content-Type": "application/octet-stream", "Content-Length": str(len(body))}
        self.send(body, status, {**headers, **length})


def pointer(oid: str, size: int) -> bytes:
    """What git has in place of a large file."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()
