"""A stock python-socketio client, synchronous or asynchronous (KIND), over TRANSPORT: joins a room, sends three chats, and prints
what it gets. URL, TOKEN and ROOM come from the environment; the lines are described in ../matrix-client.ts."""
import asyncio
import importlib.metadata
import os
import sys
import threading

import socketio

url, token, room, transport, matrix = (os.environ[name] for name in ("URL", "TOKEN", "ROOM", "TRANSPORT", "MATRIX"))
text = "弹幕，一条一条地飞过屏幕。" * 60


def say(line):
    # One write for each line: callbacks run in several threads.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def chat(number, sid):
    return {"room": room, "type": "chat", "data": f"{text}{number}", "cid": f"{sid}{number}"}


def on_frame(frame):
    for msg in frame["msgs"]:
        if msg["lane"] == "gift":
            say(f"got {msg['id']}")


def sync():
    viewer = socketio.Client()

    @viewer.event
    def connect():
        viewer.emit("join", {"room": room, "history": 0}, callback=joined)

    def joined(reply):
        if not reply["ok"]:
            return say(f"refused {reply['error']['code']}")
        say("joined")
        for number in range(3):
            viewer.emit("send", chat(number, viewer.sid), callback=lambda answer: answer["ok"] and say("sent"))

    viewer.on("frame", on_frame)
    viewer.on("disconnect", lambda *reason: say("away"))
    # The default of one second is short for thirty clients that start at once.
    viewer.connect(f"{url}?matrix={matrix}", auth={"token": token}, transports=[transport], wait_timeout=20)
    # `viewer.wait` would not do: it returns when the client loses its connection and reconnects within a second.
    threading.Event().wait()


async def asynchronous():
    viewer = socketio.AsyncClient()

    @viewer.event
    async def connect():
        await viewer.emit("join", {"room": room, "history": 0}, callback=joined)

    async def joined(reply):
        if not reply["ok"]:
            return say(f"refused {reply['error']['code']}")
        say("joined")
        for number in range(3):
            await viewer.emit("send", chat(number, viewer.sid), callback=lambda answer: answer["ok"] and say("sent"))

    viewer.on("frame", on_frame)
    viewer.on("disconnect", lambda *reason: say("away"))
    await viewer.connect(f"{url}?matrix={matrix}", auth={"token": token}, transports=[transport], wait_timeout=20)
    await asyncio.Event().wait()


say(f"version {importlib.metadata.version('python-socketio')}")
if os.environ["KIND"] == "async":
    asyncio.run(asynchronous())
else:
    sync()
