// Viewers with the Go libraries, by the first argument: socketio, coder or gorilla. The bare ones keep the limits of their library and
// reconnect a second after their connection ended. The lines are described in ../../matrix-client.ts.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

type object = map[string]any

var (
	url     = os.Getenv("URL")
	room    = os.Getenv("ROOM")
	deflate = os.Getenv("DEFLATE")
	address = strings.Replace(url, "http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket&matrix=" + os.Getenv("MATRIX")
	text    = strings.Repeat("弹幕，一条一条地飞过屏幕。", 60)
)

func say(format string, values ...any) { fmt.Printf(format+"\n", values...) }

func joining() object { return object{"room": room, "history": 0} }

func chat(number int) object {
	return object{"room": room, "type": "chat", "data": fmt.Sprint(text, number), "cid": rand.Text()}
}

func frame(payload []byte) {
	var frame struct {
		Msgs []struct{ Id, Lane string }
	}
	if err := json.Unmarshal(payload, &frame); err != nil {
		say("error %v", err)
	}
	for _, msg := range frame.Msgs {
		if msg.Lane == "gift" {
			say("got %s", msg.Id)
		}
	}
}

func ok(answer []any) bool {
	if len(answer) == 0 {
		return false
	}
	reply, _ := answer[0].(object)
	return reply["ok"] == true
}

func socketIO() {
	options := socket.DefaultOptions()
	options.SetTransports(types.NewSet[transports.TransportCtor](transports.WebSocket))
	if os.Getenv("TRANSPORT") == "polling" {
		options.SetTransports(types.NewSet[transports.TransportCtor](transports.Polling))
	}
	options.SetAuth(object{"token": os.Getenv("TOKEN")})
	client, err := socket.Connect(url+"/?matrix="+os.Getenv("MATRIX"), options)
	if err != nil {
		say("error %v", err)
		os.Exit(1)
	}
	client.On("connect", func(...any) {
		client.Emit("join", joining(), func(answer []any, _ error) {
			if !ok(answer) {
				say("error join %v", answer)
				return
			}
			say("joined")
			for number := range 3 {
				client.Emit("send", chat(number), func(answer []any, _ error) {
					if ok(answer) {
						say("sent")
					}
				})
			}
		})
	})
	client.On("frame", func(frames ...any) {
		payload, _ := json.Marshal(frames[0])
		frame(payload)
	})
	client.On("disconnect", func(reason ...any) { say("away %v", reason) })
	client.On("connect_error", func(errors ...any) { say("error %v", errors) })
	select {}
}

// handle answers a packet of a bare connection.
func handle(packet string, send func(string) error) {
	write := func(prefix string, value any) {
		data, _ := json.Marshal(value)
		if err := send(prefix + string(data)); err != nil {
			say("error %v", err)
		}
	}
	switch {
	case packet == "2":
		_ = send("3")
	case strings.HasPrefix(packet, "0"):
		write("40", object{"token": os.Getenv("TOKEN")})
	case strings.HasPrefix(packet, "40"):
		write("420", []any{"join", joining()})
	case strings.HasPrefix(packet, "430"):
		say("joined")
		for number := 1; number <= 3; number++ {
			write(fmt.Sprint("42", number), []any{"send", chat(number)})
		}
	case strings.HasPrefix(packet, "43") && strings.Contains(packet, `"ok":true`):
		say("sent")
	case strings.HasPrefix(packet, `42["frame",`):
		frame([]byte(packet[len(`42["frame",`) : len(packet)-1]))
	}
}

func withCoder() error {
	modes := map[string]coder.CompressionMode{"on": coder.CompressionContextTakeover, "alone": coder.CompressionNoContextTakeover}
	ctx := context.Background()
	connection, _, err := coder.Dial(ctx, address, &coder.DialOptions{CompressionMode: modes[deflate], CompressionThreshold: 1})
	if err != nil {
		return err
	}
	defer connection.CloseNow()
	for {
		_, packet, err := connection.Read(ctx)
		if err != nil {
			return err
		}
		handle(string(packet), func(text string) error { return connection.Write(ctx, coder.MessageText, []byte(text)) })
	}
}

func withGorilla() error {
	dialer := gorilla.Dialer{EnableCompression: deflate == "on"}
	connection, _, err := dialer.Dial(address, nil)
	if err != nil {
		return err
	}
	defer connection.Close()
	for {
		_, packet, err := connection.ReadMessage()
		if err != nil {
			return err
		}
		handle(string(packet), func(text string) error { return connection.WriteMessage(gorilla.TextMessage, []byte(text)) })
	}
}

func main() {
	say("version %s", os.Getenv("VERSION"))
	if os.Args[1] == "socketio" {
		socketIO()
	}
	for run := map[string]func() error{"coder": withCoder, "gorilla": withGorilla}[os.Args[1]]; ; time.Sleep(time.Second) {
		say("error %v", run())
		say("away")
	}
}
