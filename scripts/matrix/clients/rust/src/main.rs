//! A stock rust_socketio client: joins a room, sends three chats, and prints what it gets. URL, TOKEN, ROOM and TRANSPORT come from the
//! environment; the lines are described in ../../matrix-client.ts.
use rust_socketio::{ClientBuilder, Event, Payload, RawClient, TransportType};
use serde_json::{Value, json};
use std::{env, time::Duration};

const REPLY: Duration = Duration::from_secs(10);

fn var(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn values(payload: Payload) -> Vec<Value> {
    match payload {
        Payload::Text(values) => values,
        _ => Vec::new(),
    }
}

fn accepted(payload: Payload) -> bool {
    values(payload).iter().any(|value| value.to_string().contains("\"ok\":true"))
}

fn joined(payload: Payload, client: RawClient) {
    if !accepted(payload) {
        return println!("error join");
    }
    println!("joined");
    // In a thread of its own: the client holds a lock while an ack is handled, and a request takes the same lock.
    std::thread::spawn(move || send_chats(&client));
}

fn send_chats(client: &RawClient) {
    for number in 0..3 {
        let data = format!("{}{number}", "弹幕，一条一条地飞过屏幕。".repeat(60));
        let cid = format!("{}-{number}", std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos());
        let chat = json!({"room": var("ROOM"), "type": "chat", "data": data, "cid": cid});
        let sent = |payload: Payload, _: RawClient| {
            if accepted(payload) {
                println!("sent");
            }
        };
        if let Err(error) = client.emit_with_ack("send", chat, REPLY, sent) {
            println!("error {error}");
        }
    }
}

fn main() {
    println!("version {}", var("VERSION"));
    let transport = if var("TRANSPORT") == "polling" { TransportType::Polling } else { TransportType::Websocket };
    let client = ClientBuilder::new(format!("{}/?matrix={}", var("URL"), var("MATRIX")))
        .transport_type(transport)
        .auth(json!({"token": var("TOKEN")}))
        .reconnect(true)
        .reconnect_on_disconnect(true)
        .on(Event::Connect, |_, client| {
            if let Err(error) = client.emit_with_ack("join", json!({"room": var("ROOM"), "history": 0}), REPLY, joined) {
                println!("error {error}");
            }
        })
        .on("frame", |payload, _| {
            for frame in values(payload) {
                for msg in frame["msgs"].as_array().into_iter().flatten() {
                    if msg["lane"] == "gift" {
                        println!("got {}", msg["id"].as_str().unwrap_or_default());
                    }
                }
            }
        })
        .on(Event::Close, |_, _| println!("away"))
        .on(Event::Error, |error, _| println!("error {error:?}"))
        .connect();
    match client {
        Ok(_client) => loop {
            std::thread::sleep(Duration::from_secs(60));
        },
        Err(error) => println!("error {error}"),
    }
}
