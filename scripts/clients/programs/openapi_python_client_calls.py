"""The calls of the client that openapi-python-client generates, against the api at URL. Prints `ok NAME` after each call."""
import os
import time

from danmux_admin_api_client import AuthenticatedClient
from danmux_admin_api_client.api.messages import publish_room_message
from danmux_admin_api_client.api.moderation import delete_room_mute, put_room_mute
from danmux_admin_api_client.api.rooms import get_room, get_room_history
from danmux_admin_api_client.models import AcceptedMessage, HistoryLane, HistoryPage, Lane, Problem, PublishRequest, Room, Sanction, SanctionRequest, Sender

ROOM = os.environ["ROOM"]
GIFT = f"gift-{ROOM}"


def must(good: bool, call: str, answer: object) -> None:
    if not good:
        raise SystemExit(f"error {call}: {answer}")
    print("ok", call, flush=True)


client = AuthenticatedClient(base_url=os.environ["URL"], token=os.environ["KEY"])
sender = Sender(id="u42", name="小明")

chat = publish_room_message.sync(ROOM, client=client, body=PublishRequest(type_="chat", data={"text": "你好"}, from_=sender))
must(isinstance(chat, AcceptedMessage) and chat.lane is Lane.CHAT and chat.id != "", "chat", chat)

paid = publish_room_message.sync(ROOM, client=client, body=PublishRequest(type_="gift", id=GIFT, data={"gift": "rocket", "count": 3}, from_=sender))
must(isinstance(paid, AcceptedMessage) and paid.lane is Lane.GIFT and paid.id == GIFT, "gift", paid)

page = get_room_history.sync(ROOM, client=client, lane=HistoryLane.GIFT, limit=1)
for _ in range(200):
    if isinstance(page, HistoryPage) and page.msgs:
        break
    time.sleep(0.05)
    page = get_room_history.sync(ROOM, client=client, lane=HistoryLane.GIFT, limit=1)
assert isinstance(page, HistoryPage), page
[message] = page.msgs
age_ms = time.time() * 1_000 - message.ts
must(message.id == GIFT and isinstance(message.from_, Sender) and message.from_.name == "小明" and 0 <= age_ms < 60_000 and not page.more, "history", page)

info = get_room.sync(ROOM, client=client)
must(isinstance(info, Room) and info.room == ROOM and info.online == 0, "room", info)

FOR_MS = 3_000_000_000
mute = put_room_mute.sync(ROOM, "u42", client=client, body=SanctionRequest(for_ms=FOR_MS))
must(isinstance(mute, Sanction) and mute.user == "u42" and mute.until == mute.at + FOR_MS, "mute", mute)

lifted = delete_room_mute.sync(ROOM, "u42", client=client)
must(isinstance(lifted, Sanction) and lifted.user == "u42", "lift", lifted)

problem = delete_room_mute.sync(ROOM, "u42", client=client)
must(isinstance(problem, Problem) and problem.code == "not_found" and problem.status == 404, "problem", problem)
