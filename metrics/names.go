// Copyright 2026 The duplex authors. MIT license.

package metrics

import (
	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/room"
)

// Series with two labels, or with one that is no name of a loop, server or Workers.
var (
	info          = describe("info", "Always 1; the label is the driver in use.", "driver")
	dropped       = describe("dropped_total", "Connections that servers refused, by reason.", "reason")
	serverDropped = describe("server_dropped_total", "Connections that the server refused, by reason.", "server", "reason")
	budgetQueued  = describe("budget_queued_bytes", "Memory for bytes that wait, as the Budget counts it.", "direction")
	serverQueued  = describe("server_queued_bytes", "Bytes that wait in the sockets of the server.", "server", "direction")
)

var ofEngine = []metric[duplex.Stats]{
	gauge("servers", "Servers, from Listen to OnClose.", "", func(s duplex.Stats) float64 { return float64(s.Servers) }),
	counter("discarded_bytes_total", "Bytes that were received and not delivered.", "", func(s duplex.Stats) float64 { return float64(s.BytesDiscarded) }),
	counter("writes_dropped_total", "Writes that OverflowDrop dropped.", "", func(s duplex.Stats) float64 { return float64(s.WritesDropped) }),
	counter("writes_refused_total", "Messages of groups that a member's write queue had no room for.", "", func(s duplex.Stats) float64 { return float64(s.WritesRefused) }),
	counter("shed_total", "Sockets that were destroyed because the Budget was exceeded.", "", func(s duplex.Stats) float64 { return float64(s.Shed) }),
}

var ofLoop = []metric[duplex.LoopStats]{
	gauge("loop_sockets", "Sockets of the loop.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Sockets) }),
	gauge("loop_unread", "Open sockets of the loop that are not read now.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Unread) }),
	gauge("loop_group_backlog_bytes", "Messages of groups that wait for the loop.", "loop", func(l duplex.LoopStats) float64 { return float64(l.GroupBacklog) }),
	gauge("loop_lag_seconds", "The longest turn of the last two seconds; a callback that blocks makes it long.", "loop", func(l duplex.LoopStats) float64 { return l.Lag.Seconds() }),
	gauge("loop_delay_seconds", "How late the loop woke at most in the last two seconds; a busy machine makes it long.", "loop", func(l duplex.LoopStats) float64 { return l.Delay.Seconds() }),
	counter("loop_turns_total", "Turns of the loop.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Turns) }),
	counter("loop_slow_turns_total", "Turns of the loop that took more than 10 ms.", "loop", func(l duplex.LoopStats) float64 { return float64(l.SlowTurns) }),
	counter("loop_busy_seconds_total", "The length of all turns of the loop.", "loop", func(l duplex.LoopStats) float64 { return l.Busy.Seconds() }),
	counter("accepted_total", "Connections that servers accepted.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Accepted) }),
	counter("connected_total", "Connections that clients made.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Connected) }),
	counter("closed_total", "Sockets whose OnClose has returned.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Closed) }),
	counter("panics_total", "Callbacks that panicked.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Panics) }),
	counter("received_bytes_total", "Bytes that were received.", "loop", func(l duplex.LoopStats) float64 { return float64(l.BytesReceived) }),
	counter("sent_bytes_total", "Bytes that the kernel has taken.", "loop", func(l duplex.LoopStats) float64 { return float64(l.BytesSent) }),
	counter("frames_total", "Pieces that a Framing or a Split has cut.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Frames) }),
	counter("resets_total", "Sockets that ended with ECONNRESET or EPIPE.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Resets) }),
	counter("timeouts_total", "Sockets that ended because a time limit had passed.", "loop", func(l duplex.LoopStats) float64 { return float64(l.Timeouts) }),
}

var ofBudget = []metric[duplex.BudgetStats]{
	gauge("budget_limit_bytes", "The limit of the Budget; negative is none.", "", func(b duplex.BudgetStats) float64 { return float64(b.Limit) }),
	gauge("budget_stopped", "1 while the Budget stops reading.", "", func(b duplex.BudgetStats) float64 {
		if b.Stopped {
			return 1
		}
		return 0
	}),
	counter("budget_stops_total", "Times that the Budget stopped reading.", "", func(b duplex.BudgetStats) float64 { return float64(b.Stops) }),
	counter("budget_shed_total", "Sockets that the Budget destroyed, of all its Engines.", "", func(b duplex.BudgetStats) float64 { return float64(b.Shed) }),
	counter("budget_refused_total", "Clients that were refused because of the Budget, by all its Engines.", "", func(b duplex.BudgetStats) float64 { return float64(b.Refused) }),
}

var ofServer = []metric[duplex.ServerStats]{
	gauge("server_sockets", "Sockets of the server.", "server", func(s duplex.ServerStats) float64 { return float64(s.Sockets) }),
	gauge("server_unread", "Open sockets of the server that are not read now.", "server", func(s duplex.ServerStats) float64 { return float64(s.Unread) }),
	counter("server_accepted_total", "Connections that became sockets of the server.", "server", func(s duplex.ServerStats) float64 { return float64(s.Accepted) }),
	counter("server_closed_total", "Sockets that have left the server.", "server", func(s duplex.ServerStats) float64 { return float64(s.Closed) }),
	counter("server_received_bytes_total", "Bytes that the program has received by the server.", "server", func(s duplex.ServerStats) float64 { return float64(s.BytesReceived) }),
	counter("server_sent_bytes_total", "Bytes of the program that the server has sent.", "server", func(s duplex.ServerStats) float64 { return float64(s.BytesSent) }),
	counter("server_frames_total", "Pieces that a Framing or a Split has cut.", "server", func(s duplex.ServerStats) float64 { return float64(s.Frames) }),
	counter("server_resets_total", "Sockets of the server that ended with ECONNRESET or EPIPE.", "server", func(s duplex.ServerStats) float64 { return float64(s.Resets) }),
	counter("server_timeouts_total", "Sockets of the server that ended because a time limit had passed.", "server", func(s duplex.ServerStats) float64 { return float64(s.Timeouts) }),
}

var ofWorkers = []metric[duplex.WorkersStats]{
	gauge("workers_limit", "How many Blocking callbacks may run at a time; negative is no limit.", "workers", func(w duplex.WorkersStats) float64 { return float64(w.Limit) }),
	gauge("workers_running", "Blocking callbacks that run now.", "workers", func(w duplex.WorkersStats) float64 { return float64(w.Running) }),
	gauge("workers_waiting", "Sockets that wait in line now.", "workers", func(w duplex.WorkersStats) float64 { return float64(w.Waiting) }),
	counter("workers_waits_total", "How often a socket had to wait.", "workers", func(w duplex.WorkersStats) float64 { return float64(w.Waits) }),
}

var ofHub = []metric[room.Stats]{
	gauge("hub_sockets", "Sockets of this node in a room, or with a user.", "hub", func(s room.Stats) float64 { return float64(s.Sockets) }),
	gauge("hub_rooms", "Rooms with a socket on this node.", "hub", func(s room.Stats) float64 { return float64(s.Rooms) }),
	gauge("hub_users", "Users with a socket on this node.", "hub", func(s room.Stats) float64 { return float64(s.Users) }),
	gauge("hub_nodes", "Other nodes that are up.", "hub", func(s room.Stats) float64 { return float64(s.Nodes) }),
	gauge("hub_queued_bytes", "Bytes that wait for the Bus.", "hub", func(s room.Stats) float64 { return float64(s.Queued) }),
	counter("hub_sent_total", "Messages given to the Bus for sockets of other nodes.", "hub", func(s room.Stats) float64 { return float64(s.Sent) }),
	counter("hub_received_total", "Messages of other nodes that were carried out here.", "hub", func(s room.Stats) float64 { return float64(s.Received) }),
	counter("hub_lost_total", "Messages of other nodes that a Gap has reported.", "hub", func(s room.Stats) float64 { return float64(s.Lost) }),
	counter("hub_late_total", "Messages of other nodes that were discarded because they came too late.", "hub", func(s room.Stats) float64 { return float64(s.Late) }),
	counter("hub_refused_total", "Messages that did not go to the Bus, because it had too many waiting.", "hub", func(s room.Stats) float64 { return float64(s.Refused) }),
	counter("hub_bus_lost_total", "Messages that the Bus says it has lost.", "hub", func(s room.Stats) float64 { return float64(s.BusLost) }),
	counter("hub_bus_errors_total", "Errors of the Bus.", "hub", func(s room.Stats) float64 { return float64(s.BusErrors) }),
	counter("hub_malformed_total", "Messages of other programs on the Bus.", "hub", func(s room.Stats) float64 { return float64(s.Malformed) }),
	counter("hub_withheld_total", "Answers and questions to another node that were not queued, and nodes that were ignored: it sends or asks too much.", "hub", func(s room.Stats) float64 { return float64(s.Withheld) }),
	counter("hub_conflicts_total", "Messages of another node with the name of this one.", "hub", func(s room.Stats) float64 { return float64(s.Conflicts) }),
	counter("hub_epochs_total", "Times that this node has come back, after it was frozen or cut off.", "hub", func(s room.Stats) float64 { return float64(s.Epochs) }),
	counter("hub_kicked_total", "Sockets that were kicked.", "hub", func(s room.Stats) float64 { return float64(s.Kicked) }),
	counter("hub_panics_total", "Callbacks of the Hub that panicked.", "hub", func(s room.Stats) float64 { return float64(s.Panics) }),
}

// reasons are the values of the label reason.
var reasons = []struct {
	name string
	of   func(duplex.Drops) int64
}{
	{"blocked", func(d duplex.Drops) int64 { return d.Blocked }},
	{"not_allowed", func(d duplex.Drops) int64 { return d.NotAllowed }},
	{"over_budget", func(d duplex.Drops) int64 { return d.OverBudget }},
	{"max_conns", func(d duplex.Drops) int64 { return d.MaxConns }},
	{"accept_rate", func(d duplex.Drops) int64 { return d.AcceptRate }},
	{"max_per_ip", func(d duplex.Drops) int64 { return d.MaxPerIP }},
	{"accept_rate_per_ip", func(d duplex.Drops) int64 { return d.AcceptRatePerIP }},
	{"admit", func(d duplex.Drops) int64 { return d.Admit }},
	{"proxy_header", func(d duplex.Drops) int64 { return d.ProxyHeader }},
	{"handshake", func(d duplex.Drops) int64 { return d.Handshake }},
	{"closed", func(d duplex.Drops) int64 { return d.Closed }},
}
