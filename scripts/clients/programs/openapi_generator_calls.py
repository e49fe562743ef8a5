"""The calls of the Python client of openapi-generator, against the api at URL. Prints `ok NAME` after each call."""
import os
import time

from openapi_client import ApiClient, Configuration, HistoryLane, Lane, MessagesApi, ModerationApi, Problem, PublishRequest, RoomsApi, SanctionRequest, Sender
from openapi_client.exceptions import NotFoundException

ROOM = os.environ["ROOM"]
GIFT = f"gift-{ROOM}"


def must(good: bool, call: str, answer: object) -> None:
    if not good:
        raise SystemExit(f"error {call}: {answer}")
    print("ok", call, flush=True)


client = ApiClient(Configuration(host=os.environ["URL"], access_token=os.environ["KEY"]))
messages, rooms, moderation = MessagesApi(client), RoomsApi(client), ModerationApi(client)
sender = Sender(id="u42", name="小明")

chat = messages.publish_room_message(ROOM, PublishRequest(type="chat", data={"text": "你好"}, var_from=sender))
must(chat.lane is Lane.CHAT and chat.id != "", "chat", chat)

paid = messages.publish_room_message(ROOM, PublishRequest(type="gift", id=GIFT, data={"gift": "rocket", "count": 3}, var_from=sender))
must(paid.lane is Lane.GIFT and paid.id == GIFT, "gift", paid)

page = rooms.get_room_history(ROOM, lane=HistoryLane.GIFT, limit=1)
for _ in range(200):
    if page.msgs:
        break
    time.sleep(0.05)
    page = rooms.get_room_history(ROOM, lane=HistoryLane.GIFT, limit=1)
[message] = page.msgs
age_ms = time.time() * 1_000 - message.ts
must(message.id == GIFT and message.var_from is not None and message.var_from.name == "小明" and 0 <= age_ms < 60_000 and not page.more, "history", page)

info = rooms.get_room(ROOM)
must(info.room == ROOM and info.online == 0, "room", info)

FOR_MS = 3_000_000_000
mute = moderation.put_room_mute(ROOM, "u42", SanctionRequest(for_ms=FOR_MS))
must(mute.user == "u42" and mute.until == mute.at + FOR_MS, "mute", mute)

must(moderation.delete_room_mute(ROOM, "u42").user == "u42", "lift", "another user")

try:
    must(False, "problem", moderation.delete_room_mute(ROOM, "u42"))
except NotFoundException as error:
    problem = error.data
    must(isinstance(problem, Problem) and problem.code == "not_found" and problem.status == 404, "problem", error)
