"""Says one thing to somebody, with a file where one is given: for scripts. Nothing but the standard library.

BOT_PASSWORD=... python examples/notify.py http://localhost:8080 bot alice@localhost "The backup is done" --file log.txt
"""

import argparse
import json
import os
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

USING = ["urn:ietf:params:jmap:core", "urn:dragoman:chat"]


def ask(url: str, body: bytes, token: str = "", kind: str = "application/json") -> Any:
    """What a POST is answered with."""
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(url, body, headers)) as answer:
        return json.load(answer)


def id_of(address: str) -> str:
    """What the API calls the conversation with an address."""
    return "c" + urlsafe_b64encode(address.encode()).decode().rstrip("=")


def main() -> None:
    """Log in, upload, say it, log out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("name")
    parser.add_argument("to")
    parser.add_argument("text")
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    login = {"username": given.name, "password": os.environ["BOT_PASSWORD"], "token": True, "name": "notify"}
    token = ask(f"{given.url}/login", json.dumps(login).encode())["token"]
    with urlopen(Request(f"{given.url}/jmap/session", headers={"Authorization": f"Bearer {token}"})) as answer:
        session = json.load(answer)
    account = session["primaryAccounts"]["urn:dragoman:chat"]
    message: dict[str, Any] = {"conversationId": id_of(given.to), "text": given.text}
    if given.file:
        upload = session["uploadUrl"].replace("{accountId}", account) + f"?name={quote(given.file.name)}"
        blob = ask(upload, given.file.read_bytes(), token, "application/octet-stream")
        message["files"] = [{"blobId": blob["blobId"]}]
    call = ["Message/set", {"accountId": account, "create": {"new": message}}, "0"]
    told = ask(session["apiUrl"], json.dumps({"using": USING, "methodCalls": [call]}).encode(), token)
    _, result, _ = told["methodResponses"][0]
    ask_out = Request(f"{given.url}/logout", b"", {"Authorization": f"Bearer {token}"})
    urlopen(ask_out).close()
    if result.get("notCreated"):
        raise SystemExit(f"refused: {result['notCreated']['new']}")
    print(result["created"]["new"]["id"])


if __name__ == "__main__":
    main()
