"""The machine as its provider sees it: whether it can end itself, and its end."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request

from contract import LOCAL, SCALE, STATUS_MAX_BYTES
from files import read_json


def ask(url: str, body: object = None) -> tuple[int, bytes]:
    """Call the API as this pod; returns the HTTP status, 0 when none came, and the body."""
    headers = {
        "Authorization": f"Bearer {os.environ.get('RUNPOD_API_KEY', '')}",
        "Content-Type": "application/json",
        "User-Agent": "tabpod-runner/1",
    }
    data = None if body is None else json.dumps(body).encode()
    try:
        request = urllib.request.Request(url, data, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read(STATUS_MAX_BYTES)
    except urllib.error.HTTPError as error:
        return error.code, b""
    except (OSError, ValueError):
        return 0, b""


def rest(suffix: str = "", body: object = None) -> tuple[int, bytes]:
    """Call REST v2 about this pod."""
    base, pod = os.environ["TABPOD_REST_URL"], os.environ["RUNPOD_POD_ID"]
    return ask(f"{base}/pods/{pod}{suffix}", body)


def graphql(text: str) -> tuple[int, bytes]:
    """Call GraphQL with this pod's id in the place of $POD."""
    pod = json.dumps(os.environ["RUNPOD_POD_ID"])
    query = {"query": text.replace("$POD", pod)}
    return ask(os.environ["TABPOD_GRAPHQL_URL"], query)


def self_termination() -> str:
    """Tell whether this machine can end itself, as far as reading itself shows."""
    if LOCAL:
        return "not_needed"
    code, _ = rest()
    if code == 200:
        return "works"
    answer, body = graphql("query{pod(input:{podId:$POD}){id}}")
    if answer == 200 and os.environ["RUNPOD_POD_ID"].encode() in body:
        return "works"
    return "refused" if code in (401, 403) else "unknown"


def end_machine() -> None:
    """End this machine. A pod asks for ever: it is billed until it is gone."""
    tries = 0
    while not LOCAL:
        rest("/action", {"action": "terminate"})
        graphql("mutation{podTerminate(input:{podId:$POD})}")
        tries += 1
        time.sleep((5 if tries <= 6 else 30) * SCALE)


def wait_for_registration() -> None:
    """Go on, on this computer, once the host has recorded this process.

    A host that dies between start and record leaves a process that ends by itself.
    """
    path = os.environ.get("TABPOD_REGISTRATION")
    deadline = time.monotonic() + 30
    while path and not read_json(path).get("pid"):
        if time.monotonic() > deadline:
            raise SystemExit("tabpod: nobody registered this process")
        time.sleep(0.05)
