"""A client of the API, for bots and tools: one WebSocket, methods as calls, and what is said as an iteration.

async with connect("http://localhost:8080", token) as client:
    await client.enter("team")
    async for message in client.messages():
        await client.say(message.conversationId, f"You said: {message.text}")
"""

from dragoman.client.connection import Client, Disconnected, Refused, connect, log_in
from dragoman.protocols.jmap.objects import Contact, Conversation, Message

__all__ = ["Client", "Contact", "Conversation", "Disconnected", "Message", "Refused", "connect", "log_in"]
