#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A chat server that follows a script.

server.py DIRECTORY [CERTIFICATE KEY]: listens on a loopback port, which it
writes to DIRECTORY/port, and answers each request as the next word of the file
DIRECTORY/script says; the last word holds for all later ones. The first word is
a number; another one begins another script. Every request is
noted in DIRECTORY/requests as a line of JSON. As a proxy it answers requests
for any host itself.
"""
import http.server
import json
import os
import ssl
import sys
import threading
import time

directory = sys.argv[1]
lock = threading.Lock()
served = 0
number = None

GOOD = {
    "statefulness": "stateful", "key": ["src_ip"], "intensity": "per-packet",
    "pointer": True, "bidirectional": False, "state_size": 40,
    "evidence": [
        {"attribute": "key", "file": "psd.c", "line": 1,
         "text": "SPDX-License-Identifier"},
        {"attribute": "key", "file": "psd.c", "line": 2,
         "text": "words that are not there"},
    ],
}


def chat(content, finish="stop", usage=True, **more):
    message = {"role": "assistant", "content": content, "surprise": [1]}
    message.update(more)
    reply = {"id": "x", "model": "scripted-1", "system_fingerprint": "fp",
             "unknown_field": {"deep": {"er": [{}]}},
             "choices": [{"index": 0, "message": message,
                          "finish_reason": finish}]}
    if usage:
        reply["usage"] = {"prompt_tokens": 1000, "completion_tokens": 100}
    return reply


def answer(**changes):
    return json.dumps(dict(GOOD, **changes))


def anthropic(content, stop="end_turn"):
    return {"model": "scripted-a", "stop_reason": stop,
            "content": [{"type": "text", "text": content}],
            "usage": {"input_tokens": 1000, "output_tokens": 100}}


def gemini(content, finish="STOP"):
    return {"modelVersion": "scripted-g",
            "candidates": [{"finishReason": finish, "content": {
                "role": "model", "parts": [{"text": content}]}}],
            "usageMetadata": {"promptTokenCount": 1000,
                              "candidatesTokenCount": 100}}


def next_word():
    global served, number
    with lock, open(os.path.join(directory, "script")) as f:
        words = f.read().split()
        if words[0] != number:
            number = words[0]
            served = 0
        served += 1
        return words[min(served, len(words) - 1)]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self, body):
        with lock, open(os.path.join(directory, "requests"), "a") as f:
            f.write(json.dumps({
                "path": self.path, "body": body,
                "authorization": self.headers.get("Authorization"),
                "x-api-key": self.headers.get("x-api-key"),
                "x-goog-api-key": self.headers.get("x-goog-api-key"),
                "version": self.headers.get("anthropic-version"),
            }) + "\n")

    def send(self, status, body, headers=()):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def chunked(self, body, pause):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for i in range(0, len(text), 397):
            part = text[i:i + 397]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.flush()
            time.sleep(pause)
        self.wfile.write(b"0\r\n\r\n")

    def error(self, status, message, code=None, headers=()):
        self.send(status, {"error": {"message": message, "code": code}},
                  headers)

    def play(self, word, body):
        if word == "good":
            self.send(200, chat(answer()))
        elif word == "fenced":
            self.send(200, chat("Here:\n```json\n" + answer() + "\n```"))
        elif word == "perflow":
            self.send(200, chat(answer(intensity="per-flow")))
        elif word == "dst":
            self.send(200, chat(answer(key=["src_ip", "dst_ip"])))
        elif word == "other":
            self.send(200, chat(answer(key=["dst_ip"])))
        elif word == "nousage":
            self.send(200, chat(answer(), usage=False))
        elif word == "chunked":
            self.chunked(chat(answer()), 0.001)
        elif word == "slow":
            self.chunked(chat(answer()), 0.3)
        elif word == "late":
            time.sleep(0.7)
            self.send(200, chat(answer()))
        elif word == "hang":
            time.sleep(30)
        elif word == "429":
            self.error(429, "slow down", headers=[("Retry-After", "1")])
        elif word == "quota":
            self.error(429, "you have no money left", "insufficient_quota")
        elif word == "500":
            self.send(500, b"oops")
        elif word == "401":
            key = self.headers.get("Authorization", "")
            self.error(401, "incorrect API key provided: " + key[7:])
        elif word == "notemperature" and "temperature" in body:
            self.error(400, "Unsupported parameter: 'temperature'")
        elif word == "notemperature":
            self.send(200, chat(answer()))
        elif word == "truncated":
            self.send(200, chat(answer()[:40], finish="length"))
        elif word == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"choices": [')
            self.close_connection = True
        elif word == "refusal":
            self.send(200, chat(None, refusal="I will not do that"))
        elif word == "notjson":
            self.send(200, chat("It is stateful, I think."))
        elif word == "schema":
            self.send(200, chat(answer(intensity="often")))
        elif word == "badbody":
            self.send(200, b"<html>hello</html>")
        elif word == "error200":
            self.send(200, {"error": {"message": "overloaded"}})
        elif word == "long":
            self.send(200, b'"' + b"x" * (5 << 20) + b'"')
        elif word == "anthropic":
            self.send(200, anthropic(answer()))
        elif word == "gemini":
            self.send(200, gemini(answer()))
        elif word.startswith("nf:"):
            self.send(200, chat(json.dumps({"nf": word[3:]})))
        else:
            self.error(404, "the script says " + word)

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length))
        self.note(body)
        try:
            self.play(next_word(), body)
        except (BrokenPipeError, ConnectionResetError):
            pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(directory, "port.new"), "w") as f:
    f.write(str(server.server_address[1]))
os.rename(os.path.join(directory, "port.new"), os.path.join(directory, "port"))
server.serve_forever()
