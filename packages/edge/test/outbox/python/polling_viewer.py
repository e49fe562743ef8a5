"""A viewer over long-polling with python-socketio: joins ROOMS rooms at once, prints what it is told, and ends when it has GIFTS gifts.

URL, TOKEN, ROOMS and GIFTS come from the environment. Exit status 0: all gifts arrived; 1: the connection ended before.
"""
import os
import sys
import threading

import socketio

rooms, gifts = int(os.environ["ROOMS"]), int(os.environ["GIFTS"])
viewer = socketio.Client(reconnection=False)
done = threading.Event()
lock = threading.Lock()
joined = []
got = []
ended = []


def say(*words):
    print(*words, flush=True)


@viewer.on("frame")
def on_frame(frame):
    with lock:
        got.extend(msg["id"] for msg in frame["msgs"] if msg["lane"] == "gift")
        if len(got) >= gifts:
            done.set()


@viewer.event
def disconnect():
    ended.append("disconnect")
    done.set()


def on_joined(reply):
    with lock:
        joined.append(reply["ok"])
        if len(joined) == rooms:
            say("joined", sum(joined))


viewer.connect(os.environ["URL"], transports=["polling"], auth={"token": os.environ["TOKEN"]})
for number in range(rooms):
    viewer.emit("join", {"room": f"live:{number}"}, callback=on_joined)
in_time = done.wait(30)
say("got", len(got), "gifts,", len(set(got)), "different")
if ended or not in_time:
    say("the connection ended" if ended else "too late")
    sys.exit(1)
viewer.disconnect()
