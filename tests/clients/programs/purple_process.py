"""A whole client on libpurple, Pidgin's library: ``purple_process.py PLUGIN NAME PASSWORD HOME [key=value ...]``.

GLib's own main loop runs it. What happens goes to standard output as JSON, a line each; commands come by standard input as
JSON arrays: ``["say", TO, TEXT]``, ``["join", KEY, VALUE, ...]``, ``["say_in", ROOM, TEXT]``, ``["away", TEXT]``.
"""

import ctypes as c
import json
import os
import sys
from collections.abc import Callable
from typing import Any

glib = c.CDLL("libglib-2.0.so.0", mode=c.RTLD_GLOBAL)
purple = c.CDLL("libpurple.so.0", mode=c.RTLD_GLOBAL)

POINTER, TEXT, INT, UINT = c.c_void_p, c.c_char_p, c.c_int, c.c_uint
IM, CHAT = 1, 2  # PurpleConversationType
TYPING = 1  # PurpleTypingState
AVAILABLE, AWAY = 2, 5  # PurpleStatusPrimitive
READ, WRITE = 1, 2  # PurpleInputCondition
IN, OUT, ENDS = 1, 4, 8 | 16  # GIOCondition

kept: list[Any] = []  # what C holds a pointer to


def function(library: c.CDLL, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    found = getattr(library, name)
    found.restype, found.argtypes = result, arguments
    return found  # type: ignore[no-any-return]


def callback(result: Any, *arguments: Any) -> Callable[[Callable[..., Any]], Any]:
    def wrap(call: Callable[..., Any]) -> Any:
        kept.append(c.CFUNCTYPE(result, *arguments)(call))
        return c.cast(kept[-1], POINTER)

    return wrap


def text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")


def tell(what: str, **facts: Any) -> None:
    print(json.dumps({"what": what, **facts}), flush=True)


class EventLoop(c.Structure):
    """PurpleEventLoopUiOps: GLib does it, except that its watches look different."""

    _fields_ = [
        (name, POINTER) for name in ("timer", "no_timer", "watch", "no_watch", "error", "seconds", "a", "b", "c")
    ]


Watcher = c.CFUNCTYPE(None, POINTER, INT, INT)
g_io_channel = function(glib, "g_io_channel_unix_new", POINTER, INT)
g_io_add_watch = function(glib, "g_io_add_watch", UINT, POINTER, INT, POINTER, POINTER)
watchers: dict[int, tuple[Any, int, int]] = {}


@callback(INT, POINTER, INT, POINTER)
def ready(channel: int, condition: int, number: int) -> int:
    call, data, wanted = watchers[number]
    seen = (READ if condition & (IN | ENDS) else 0) | (WRITE if condition & (OUT | ENDS) else 0)
    call(data, numbers[number], seen & wanted or wanted)
    return 1


numbers: dict[int, int] = {}


@callback(UINT, INT, INT, POINTER, POINTER)
def watch(number: int, wanted: int, call: int, data: int) -> int:
    key = len(watchers) + 1
    watchers[key] = (Watcher(call), data, wanted)
    numbers[key] = number
    conditions = (IN if wanted & READ else 0) | (OUT if wanted & WRITE else 0) | ENDS
    return int(g_io_add_watch(g_io_channel(number), conditions, ready, key))


def pointer(name: str) -> Any:
    return c.cast(getattr(glib, name), POINTER)


new_account = function(purple, "purple_account_new", POINTER, TEXT, TEXT)
connection_of = function(purple, "purple_account_get_connection", POINTER, POINTER)
conversation = function(purple, "purple_conversation_new", POINTER, INT, POINTER, TEXT)
find = function(purple, "purple_find_conversation_with_account", POINTER, INT, TEXT, POINTER)
im_of = function(purple, "purple_conversation_get_im_data", POINTER, POINTER)
chat_of = function(purple, "purple_conversation_get_chat_data", POINTER, POINTER)
send_im = function(purple, "purple_conv_im_send", None, POINTER, TEXT)
send_chat = function(purple, "purple_conv_chat_send", None, POINTER, TEXT)
send_typing = function(purple, "serv_send_typing", UINT, POINTER, TEXT, INT)
new_status = function(purple, "purple_savedstatus_new", POINTER, TEXT, INT)
set_message = function(purple, "purple_savedstatus_set_message", None, POINTER, TEXT)
activate = function(purple, "purple_savedstatus_activate", None, POINTER)
join_chat = function(purple, "serv_join_chat", None, POINTER, POINTER)
new_table = function(glib, "g_hash_table_new", POINTER, POINTER, POINTER)
insert = function(glib, "g_hash_table_insert", INT, POINTER, TEXT, TEXT)
connect_signal = function(purple, "purple_signal_connect", c.c_ulong, POINTER, TEXT, POINTER, POINTER, POINTER)


def perform(account: int, command: str, *words: str) -> None:
    given = [word.encode() for word in words]
    if command == "say":
        send_im(im_of(conversation(IM, account, given[0])), given[1])
    elif command == "typing":
        send_typing(connection_of(account), given[0], TYPING)
    elif command == "join":
        table = new_table(pointer("g_str_hash"), pointer("g_str_equal"))
        kept.append(given)
        for key, value in zip(given[::2], given[1::2], strict=True):
            insert(table, key, value)
        join_chat(connection_of(account), table)
    elif command == "say_in":
        send_chat(chat_of(find(CHAT, given[0], account)), given[1])
    elif command == "away":
        status = new_status(None, AWAY)
        set_message(status, given[0])
        activate(status)


def listen(account: int) -> None:
    """Commands, as they come."""

    @callback(INT, POINTER, INT, POINTER)
    def spoken(channel: int, condition: int, data: int) -> int:
        lines = os.read(0, 65536).decode().splitlines()
        for line in lines:
            perform(account, *json.loads(line))
        return 1 if lines else 0

    g_io_add_watch(g_io_channel(0), IN | ENDS, spoken, None)


def hear() -> None:
    """What libpurple tells of."""
    handles = {
        name: function(purple, f"purple_{name}_get_handle", POINTER)() for name in ("connections", "conversations")
    }

    def on(handle: str, signal: str, call: Callable[..., None], *arguments: Any) -> None:
        wrapped = callback(None, *arguments)(call)
        connect_signal(handles[handle], signal.encode(), id(wrapped), wrapped, None)

    on("connections", "signed-on", lambda connection: tell("signed-on"), POINTER)
    on("connections", "connection-error", lambda _, code, why: tell("error", why=text(why)), POINTER, INT, TEXT)
    said = (POINTER, TEXT, TEXT, POINTER, INT)
    on("conversations", "received-im-msg", lambda a, who, what, v, f: tell("im", who=text(who), text=text(what)), *said)
    on(
        "conversations",
        "received-chat-msg",
        lambda a, who, what, v, f: tell("chat", who=text(who), text=text(what)),
        *said,
    )
    on(
        "conversations",
        "buddy-typing",
        lambda account, who, data: tell("typing", who=text(who)),
        POINTER,
        TEXT,
        POINTER,
    )


def main(protocol: str, name: str, password: str, home: str, *options: str) -> None:
    loop = EventLoop()
    loop.timer, loop.no_timer, loop.seconds = map(
        pointer, ("g_timeout_add", "g_source_remove", "g_timeout_add_seconds")
    )
    loop.watch, loop.no_watch = watch, pointer("g_source_remove")
    function(purple, "purple_util_set_user_dir", None, TEXT)(home.encode())
    function(purple, "purple_eventloop_set_ui_ops", None, POINTER)(c.byref(loop))
    if not function(purple, "purple_core_init", INT, TEXT)(b"dragoman-tests"):
        sys.exit("libpurple does not start")
    function(purple, "purple_set_blist", None, POINTER)(function(purple, "purple_blist_new", POINTER)())
    account = new_account(name.encode(), protocol.encode())
    function(purple, "purple_account_set_password", None, POINTER, TEXT)(account, password.encode())
    function(purple, "purple_accounts_add", None, POINTER)(account)
    for option in options:
        key, value = option.split("=", 1)
        if value in ("true", "false"):
            function(purple, "purple_account_set_bool", None, POINTER, TEXT, INT)(
                account, key.encode(), value == "true"
            )
        elif value.isdigit():
            function(purple, "purple_account_set_int", None, POINTER, TEXT, INT)(account, key.encode(), int(value))
        else:
            function(purple, "purple_account_set_string", None, POINTER, TEXT, TEXT)(
                account, key.encode(), value.encode()
            )
    hear()
    listen(account)
    function(purple, "purple_account_set_enabled", None, POINTER, TEXT, INT)(account, b"dragoman-tests", 1)
    activate(new_status(None, AVAILABLE))
    main_loop = function(glib, "g_main_loop_new", POINTER, POINTER, INT)(None, 0)
    function(glib, "g_main_loop_run", None, POINTER)(main_loop)


if __name__ == "__main__":
    main(*sys.argv[1:])
