import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketClientCompressionHandler;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * Viewers with the Java libraries, by the first argument: socketio, netty, jetty or java-websocket. The bare ones reconnect a second after
 * their connection ended. The lines are described in ../matrix-client.ts.
 */
public final class Viewer {
    private static final Map<String, String> ENV = System.getenv();
    private static final String URL = ENV.get("URL"), ROOM = ENV.get("ROOM"), TOKEN = ENV.get("TOKEN"), MATRIX = ENV.get("MATRIX");
    private static final boolean DEFLATE = "on".equals(ENV.get("DEFLATE"));
    private static final String ADDRESS = URL.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket&matrix=" + MATRIX;
    private static final String TEXT = "弹幕，一条一条地飞过屏幕。".repeat(60);

    public static void main(String[] args) throws Exception {
        say("version " + ENV.getOrDefault("VERSION", "?"));
        switch (args[0]) {
            case "socketio" -> socketIo();
            case "netty" -> again(Viewer::netty);
            case "jetty" -> again(Viewer::jetty);
            case "java-websocket" -> again(Viewer::javaWebSocket);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
            System.out.flush();
        }
    }

    private static JSONObject join() {
        return new JSONObject(Map.of("room", ROOM, "history", 0));
    }

    private static JSONObject chat(int number) {
        return new JSONObject(Map.of("room", ROOM, "type", "chat", "data", TEXT + number, "cid", UUID.randomUUID().toString()));
    }

    private static void frame(JSONObject frame) {
        JSONArray msgs = frame.getJSONArray("msgs");
        for (int i = 0; i < msgs.length(); i++)
            if (msgs.getJSONObject(i).getString("lane").equals("gift")) say("got " + msgs.getJSONObject(i).getString("id"));
    }

    private static void socketIo() {
        IO.Options options = IO.Options.builder().setTransports(new String[] {ENV.get("TRANSPORT")}).setAuth(Map.of("token", TOKEN)).setQuery("matrix=" + MATRIX).build();
        Socket socket = IO.socket(URI.create(URL), options);
        socket.on(Socket.EVENT_CONNECT, connected -> socket.emit("join", join(), (Ack) answers -> {
            if (!((JSONObject) answers[0]).getBoolean("ok")) return;
            say("joined");
            for (int number = 1; number <= 3; number++)
                socket.emit("send", chat(number), (Ack) sent -> {
                    if (((JSONObject) sent[0]).getBoolean("ok")) say("sent");
                });
        }));
        socket.on("frame", frames -> frame((JSONObject) frames[0]));
        socket.on(Socket.EVENT_DISCONNECT, reason -> say("away " + reason[0]));
        socket.on(Socket.EVENT_CONNECT_ERROR, error -> say("error " + error[0]));
        socket.connect();
    }

    /** Handles a packet of a bare connection; `send` writes one. */
    private static void handle(String packet, Consumer<String> send) {
        if (packet.equals("2")) send.accept("3");
        else if (packet.startsWith("0")) send.accept("40" + new JSONObject(Map.of("token", TOKEN)));
        else if (packet.startsWith("40")) send.accept("420" + new JSONArray(List.of("join", join())));
        else if (packet.startsWith("430")) {
            say("joined");
            for (int number = 1; number <= 3; number++) send.accept("42" + number + new JSONArray(List.of("send", chat(number))));
        } else if (packet.startsWith("43") && packet.contains("\"ok\":true")) say("sent");
        else if (packet.startsWith("42[\"frame\"")) frame(new JSONArray(packet.substring(2)).getJSONObject(1));
    }

    private interface Connection {
        /** Connects, and returns when the connection has ended. */
        void run() throws Exception;
    }

    private static void again(Connection connection) throws InterruptedException {
        while (true) {
            try {
                connection.run();
            } catch (Exception error) {
                say("error " + error);
            }
            say("away");
            Thread.sleep(1_000);
        }
    }

    private static void netty() throws Exception {
        var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        URI uri = URI.create(ADDRESS);
        var config = WebSocketClientProtocolConfig.newBuilder().webSocketUri(uri).version(WebSocketVersion.V13).allowExtensions(true)
            .customHeaders(new DefaultHttpHeaders()).maxFramePayloadLength(65_536).build();
        var handler = new SimpleChannelInboundHandler<WebSocketFrame>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
                if (frame instanceof TextWebSocketFrame text) handle(text.text(), packet -> context.writeAndFlush(new TextWebSocketFrame(packet)));
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                say("error " + cause);
                context.close();
            }
        };
        try {
            var bootstrap = new Bootstrap().group(group).channel(NioSocketChannel.class).handler(new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(8_192));
                    if (DEFLATE) channel.pipeline().addLast(new WebSocketClientCompressionHandler(65_536));
                    channel.pipeline().addLast(new WebSocketClientProtocolHandler(config), handler);
                }
            });
            bootstrap.connect(uri.getHost(), uri.getPort()).sync().channel().closeFuture().sync();
        } finally {
            group.shutdownGracefully();
        }
    }

    /** Jetty's limits stay as they are: 64 KiB a message. */
    public static final class JettyEndpoint implements Session.Listener.AutoDemanding {
        private final CountDownLatch ended = new CountDownLatch(1);
        private Session session;

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
        }

        @Override
        public void onWebSocketText(String packet) {
            handle(packet, text -> session.sendText(text, Callback.NOOP));
        }

        @Override
        public void onWebSocketError(Throwable cause) {
            say("error " + cause);
            ended.countDown();
        }

        @Override
        public void onWebSocketClose(int code, String reason, Callback callback) {
            callback.succeed();
            ended.countDown();
        }
    }

    private static void jetty() throws Exception {
        var client = new WebSocketClient();
        client.start();
        try {
            var endpoint = new JettyEndpoint();
            var request = new ClientUpgradeRequest(URI.create(ADDRESS));
            if (DEFLATE) request.addExtensions("permessage-deflate");
            client.connect(endpoint, request).get();
            endpoint.ended.await();
        } finally {
            client.stop();
        }
    }

    private static void javaWebSocket() throws Exception {
        var ended = new CountDownLatch(1);
        var draft = DEFLATE ? new Draft_6455(new PerMessageDeflateExtension()) : new Draft_6455();
        var client = new org.java_websocket.client.WebSocketClient(URI.create(ADDRESS), draft) {
            @Override
            public void onOpen(ServerHandshake handshake) {}

            @Override
            public void onMessage(String packet) {
                handle(packet, this::send);
            }

            @Override
            public void onClose(int code, String reason, boolean remote) {
                ended.countDown();
            }

            @Override
            public void onError(Exception error) {
                say("error " + error);
            }
        };
        client.connect();
        ended.await();
    }
}
