import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.MessagesApi;
import org.openapitools.client.api.ModerationApi;
import org.openapitools.client.api.RoomsApi;
import org.openapitools.client.auth.HttpBearerAuth;
import org.openapitools.client.model.AcceptedMessage;
import org.openapitools.client.model.HistoryLane;
import org.openapitools.client.model.HistoryPage;
import org.openapitools.client.model.Lane;
import org.openapitools.client.model.Message;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.PublishRequest;
import org.openapitools.client.model.Room;
import org.openapitools.client.model.Sanction;
import org.openapitools.client.model.SanctionRequest;
import org.openapitools.client.model.Sender;

/** The calls of the Java client of openapi-generator, against the api at URL. Prints `ok NAME` after each call. */
public final class Calls {
  private static final String ROOM = System.getenv("ROOM");
  private static final String GIFT = "gift-" + ROOM;

  public static void main(String[] args) throws Exception {
    ApiClient client = new ApiClient();
    client.setBasePath(System.getenv("URL"));
    ((HttpBearerAuth) client.getAuthentication("bearer")).setBearerToken(System.getenv("KEY"));
    publish(new MessagesApi(client));
    read(new RoomsApi(client));
    moderate(new ModerationApi(client));
    System.exit(0);
  }

  private static void publish(MessagesApi messages) throws ApiException {
    Sender from = new Sender().id("u42").name("小明");
    AcceptedMessage chat = messages.publishRoomMessage(ROOM, new PublishRequest().type("chat").data(Map.of("text", "你好")).from(from), null);
    must(chat.getLane() == Lane.CHAT && !chat.getId().isEmpty(), "chat", chat);
    System.out.println("ok chat");
    AcceptedMessage gift = messages.publishRoomMessage(ROOM, new PublishRequest().type("gift").id(GIFT).data(Map.of("gift", "rocket", "count", 3)).from(from), null);
    must(gift.getLane() == Lane.GIFT && gift.getId().equals(GIFT), "gift", gift);
    System.out.println("ok gift");
  }

  private static void read(RoomsApi rooms) throws Exception {
    HistoryPage page = rooms.getRoomHistory(ROOM, HistoryLane.GIFT, null, 1);
    for (int tries = 0; tries < 200 && page.getMsgs().isEmpty(); tries++) {
      Thread.sleep(50);
      page = rooms.getRoomHistory(ROOM, HistoryLane.GIFT, null, 1);
    }
    List<Message> messages = page.getMsgs();
    must(messages.size() == 1, "history", page);
    Message gift = messages.get(0);
    long age = System.currentTimeMillis() - gift.getTs();
    must(gift.getId().equals(GIFT) && gift.getFrom().getName().equals("小明") && age >= 0 && age < 60_000 && !page.getMore(), "history", page);
    System.out.println("ok history");
    Room room = rooms.getRoom(ROOM);
    must(room.getRoom().equals(ROOM) && room.getOnline() == 0, "room", room);
    System.out.println("ok room");
  }

  private static void moderate(ModerationApi moderation) throws Exception {
    long forMs = 3_000_000_000L;
    Sanction mute = moderation.putRoomMute(ROOM, "u42", new SanctionRequest().forMs(forMs));
    must(mute.getUser().equals("u42") && mute.getUntil() == mute.getAt() + forMs, "mute", mute);
    System.out.println("ok mute");
    must(moderation.deleteRoomMute(ROOM, "u42").getUser().equals("u42"), "lift", mute);
    System.out.println("ok lift");
    try {
      must(false, "problem", moderation.deleteRoomMute(ROOM, "u42"));
    } catch (ApiException error) {
      Problem problem = Problem.fromJson(error.getResponseBody());
      must(error.getCode() == 404 && problem.getCode().equals("not_found") && problem.getStatus() == 404, "problem", problem);
      System.out.println("ok problem");
    }
  }

  private static void must(boolean good, String call, Object answer) {
    if (good) return;
    System.out.println("error " + call + ": " + answer);
    System.exit(1);
  }
}
