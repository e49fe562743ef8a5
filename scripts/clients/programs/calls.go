// The calls of the client that oapi-codegen generates, against the api at URL. Prints `ok NAME` after each call and exits with 1 at the first
// wrong answer.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"danmux/calls/api"
)

func must(good bool, text string, values ...any) {
	if !good {
		fmt.Println("error", fmt.Sprintf(text, values...))
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	room, key, gift := os.Getenv("ROOM"), os.Getenv("KEY"), "gift-"+os.Getenv("ROOM")
	authorize := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+key)
		return nil
	}
	client, err := api.NewClientWithResponses(os.Getenv("URL"), api.WithRequestEditorFn(authorize))
	must(err == nil, "%v", err)
	name := "小明"
	from := &api.Sender{Id: "u42", Name: &name}
	var noKey api.PublishRoomMessageParams

	chat, err := client.PublishRoomMessageWithResponse(ctx, room, &noKey, api.PublishRequest{Type: "chat", Data: map[string]string{"text": "你好"}, From: from})
	must(err == nil && chat.JSON202 != nil && chat.JSON202.Id != "" && chat.JSON202.Lane == api.LaneChat, "chat: %v %s", err, chat.Body)
	fmt.Println("ok chat")

	paid, err := client.PublishRoomMessageWithResponse(ctx, room, &noKey, api.PublishRequest{Type: "gift", Id: &gift, Data: map[string]any{"gift": "rocket", "count": 3}, From: from})
	must(err == nil && paid.JSON202 != nil && paid.JSON202.Id == gift && paid.JSON202.Lane == api.LaneGift, "gift: %v %s", err, paid.Body)
	fmt.Println("ok gift")

	lane, limit := api.HistoryLaneGift, int32(1)
	var page *api.GetRoomHistoryResponse
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		page, err = client.GetRoomHistoryWithResponse(ctx, room, &api.GetRoomHistoryParams{Lane: &lane, Limit: &limit})
		must(err == nil && page.JSON200 != nil && time.Now().Before(end), "history: %v %s", err, page.Body)
		if len(page.JSON200.Msgs) == 1 {
			break
		}
	}
	message := page.JSON200.Msgs[0]
	age := time.Now().UnixMilli() - message.Ts
	must(message.Id == gift && *message.From.Name == name && age >= 0 && age < 60_000 && !page.JSON200.More, "history: %s", page.Body)
	fmt.Println("ok history")

	info, err := client.GetRoomWithResponse(ctx, room)
	must(err == nil && info.JSON200 != nil && info.JSON200.Room == room && info.JSON200.Online == 0, "room: %v %s", err, info.Body)
	fmt.Println("ok room")

	forMs := int64(3_000_000_000)
	mute, err := client.PutRoomMuteWithResponse(ctx, room, "u42", api.SanctionRequest{ForMs: &forMs})
	must(err == nil && mute.JSON200 != nil && mute.JSON200.User == "u42" && *mute.JSON200.Until == mute.JSON200.At+forMs, "mute: %v %s", err, mute.Body)
	fmt.Println("ok mute")

	lifted, err := client.DeleteRoomMuteWithResponse(ctx, room, "u42")
	must(err == nil && lifted.JSON200 != nil && lifted.JSON200.User == "u42", "lift: %v %s", err, lifted.Body)
	fmt.Println("ok lift")

	again, err := client.DeleteRoomMuteWithResponse(ctx, room, "u42")
	must(err == nil && again.ApplicationproblemJSON404 != nil, "problem: %v %s", err, again.Body)
	problem := again.ApplicationproblemJSON404
	must(problem.Code == "not_found" && problem.Status == 404 && problem.Detail != "", "problem: %s", again.Body)
	fmt.Println("ok problem")
}
