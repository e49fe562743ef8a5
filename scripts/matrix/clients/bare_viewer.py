"""A viewer over aiohttp's WebSocket, which compresses every message when DEFLATE is on. It reconnects a second after its connection
ended. URL, TOKEN and ROOM come from the environment; the lines are described in ../matrix-client.ts."""
import asyncio
import json
import os
import sys

import aiohttp

url, token, room, deflate, matrix = (os.environ[name] for name in ("URL", "TOKEN", "ROOM", "DEFLATE", "MATRIX"))
text = "弹幕，一条一条地飞过屏幕。" * 60


def say(line):
    # One write for each line: callbacks run in several threads.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def handle(ws, packet):
    if packet == "2":
        await ws.send_str("3")
    elif packet.startswith("0"):
        await ws.send_str("40" + json.dumps({"token": token}))
    elif packet.startswith("40"):
        await ws.send_str("420" + json.dumps(["join", {"room": room, "history": 0}]))
    elif packet.startswith("430"):
        say("joined")
        sid = os.urandom(8).hex()
        for number in (1, 2, 3):
            send = {"room": room, "type": "chat", "data": f"{text}{number}", "cid": f"{sid}{number}"}
            await ws.send_str(f"42{number}" + json.dumps(["send", send]))
    elif packet.startswith("43") and '"ok":true' in packet:
        say("sent")
    elif packet.startswith('42["frame"'):
        for msg in json.loads(packet[2:])[1]["msgs"]:
            if msg["lane"] == "gift":
                say(f"got {msg['id']}")


async def main():
    say(f"version {aiohttp.__version__}")
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                address = f"{url}/socket.io/?EIO=4&transport=websocket&matrix={matrix}"
                async with session.ws_connect(address, compress=15 if deflate == "on" else 0, max_msg_size=32_768) as ws:
                    async for message in ws:
                        if message.type != aiohttp.WSMsgType.TEXT:
                            break
                        await handle(ws, message.data)
            except aiohttp.ClientError as error:
                say(f"error {error}")
            say("away")
            await asyncio.sleep(1)


asyncio.run(main())
