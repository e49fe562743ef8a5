import com.pusher.rest.Pusher;
import com.pusher.rest.data.Event;
import com.pusher.rest.data.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * Calls the api with Pusher's own library for Java. Reads {app_id, key, secret, host, calls: [{method, …}]} as JSON on stdin; prints a JSON list
 * with the answer {status, http, text} of each call, or {error} when the library itself refuses the call.
 */
public final class PusherCalls {
    public static void main(String[] args) throws Exception {
        JSONObject request = new JSONObject(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
        JSONArray answers = new JSONArray();
        for (Object call : request.getJSONArray("calls")) answers.put(answerTo(request, (JSONObject) call));
        System.out.println(answers);
    }

    private static JSONObject answerTo(JSONObject request, JSONObject call) throws Exception {
        String secret = call.optString("secret", request.getString("secret"));
        try (Pusher pusher = new Pusher(request.getString("app_id"), request.getString("key"), secret)) {
            pusher.setHost(request.getString("host"));
            pusher.setEncrypted(false);
            Result result = send(pusher, call);
            return new JSONObject().put("status", result.getStatus().name()).put("http", result.getHttpStatus()).put("text", result.getMessage());
        } catch (IllegalArgumentException refused) {
            return new JSONObject().put("error", refused.getMessage());
        }
    }

    private static Result send(Pusher pusher, JSONObject call) {
        return switch (call.getString("method")) {
            case "trigger" -> pusher.trigger(textsOf(call.getJSONArray("channels")), call.getString("event"), call.getJSONObject("data").toMap());
            case "batch" -> pusher.trigger(eventsOf(call.getJSONArray("events")));
            case "get" -> pusher.get(call.getString("path"), queryOf(call.optJSONObject("query", new JSONObject())));
            case "post" -> pusher.post(call.getString("path"), "{}");
            default -> throw new IllegalStateException(call.getString("method"));
        };
    }

    private static List<String> textsOf(JSONArray texts) {
        List<String> all = new ArrayList<>();
        for (Object text : texts) all.add((String) text);
        return all;
    }

    private static List<Event> eventsOf(JSONArray events) {
        List<Event> all = new ArrayList<>();
        for (Object one : events) {
            JSONObject event = (JSONObject) one;
            all.add(new Event(event.getString("channel"), event.getString("name"), event.getJSONObject("data").toMap()));
        }
        return all;
    }

    private static Map<String, String> queryOf(JSONObject query) {
        Map<String, String> all = new HashMap<>();
        for (String name : query.keySet()) all.put(name, query.getString(name));
        return all;
    }
}
