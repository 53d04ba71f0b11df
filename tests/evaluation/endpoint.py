"""A local server with OpenAI's chat completions API, in place of a language model."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint:
    """Answers with what is queued; with the answer to the request once the queue is empty."""

    def __init__(self, answer: Callable[[dict], Any]) -> None:
        self.asked = []
        self.queue = []
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()
        self.gate = threading.Barrier(1)
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                with endpoint._lock:
                    endpoint._at_once += 1
                    endpoint.most_at_once = max(endpoint.most_at_once, endpoint._at_once)
                    endpoint.asked.append((self.path, dict(self.headers), body))
                    queued = endpoint.queue.pop(0) if endpoint.queue else None
                status, content = queued or (200, answer(body))
                endpoint.gate.wait()
                if status == 200 and not isinstance(content, bytes):
                    content = json.dumps(completion(content)).encode()
                with endpoint._lock:
                    endpoint._at_once -= 1
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


def completion(content: Any) -> dict:
    """A chat completion with this content, as JSON if it is not a text."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text}
    return {
        "id": "completion",
        "object": "chat.completion",
        "created": 0,
        "model": "a-model",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }
