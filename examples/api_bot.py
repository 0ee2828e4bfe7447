"""A bot that rolls dice in a room and for everybody who writes to it, over the API, with `dragoman.client`.

BOT_PASSWORD=... python examples/api_bot.py http://localhost:8080 bot team
"""

import argparse
import asyncio
import os

from dice import answer

from dragoman.client import connect, log_in


async def run(url: str, name: str, room: str, ca: str | None) -> None:
    """Log in, go into the room, and answer what is said from now on."""
    token = await log_in(url, name, os.environ["BOT_PASSWORD"], name="dice bot", ca=ca)
    async with connect(url, token, ca=ca) as client:
        await client.enter(room)
        print("ready", flush=True)
        async for message in client.messages():
            said = answer(message.text)
            if said:
                who = message.from_.name or message.from_.address.partition("@")[0]
                await client.say(message.conversationId, f"{who}: {said}", reply=message)


def main() -> None:
    """Read the command line, connect, stay."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("name")
    parser.add_argument("room")
    parser.add_argument("--ca", help="the authority that signed the server's certificate")
    given = parser.parse_args()
    asyncio.run(run(given.url, given.name, given.room, given.ca))


if __name__ == "__main__":
    main()
