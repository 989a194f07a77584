// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"bytes"
	"math/rand/v2"
	"slices"
)

// A Payload is what is sent: its messages, one after the other, and then from the
// beginning again. Each connection begins with another one.
type Payload struct{ Messages [][]byte }

// Filler returns a Payload of one message of n bytes, which are letters and end a line.
func Filler(n int) Payload {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	p := bytes.Repeat([]byte(letters), n/len(letters)+1)[:n]
	p[n-1] = '\n'
	return Payload{[][]byte{p}}
}

// RandomFiller is Filler with letters and digits that a seed decides.
func RandomFiller(n int, seed uint64) Payload {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	chance := rand.New(rand.NewPCG(seed, 0))
	p := make([]byte, n)
	for i := range p {
		p[i] = letters[chance.IntN(len(letters))]
	}
	p[n-1] = '\n'
	return Payload{[][]byte{p}}
}

// Shuffled returns p with its messages in an order that a seed decides.
func (p Payload) Shuffled(seed uint64) Payload {
	chance := rand.New(rand.NewPCG(seed, 0))
	messages := slices.Clone(p.Messages)
	chance.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
	return Payload{messages}
}

// Lines returns a Payload with a message for each line of text, which ends with LF.
func Lines(text []byte) Payload {
	var p Payload
	for line := range bytes.Lines(text) {
		if line[len(line)-1] != '\n' {
			line = append(bytes.Clone(line), '\n')
		}
		p.Messages = append(p.Messages, line)
	}
	return p
}

// repeated returns n times the one message of p in one piece, nil if p has several or the
// piece is longer than most.
func (p Payload) repeated(n, most int) []byte {
	if len(p.Messages) != 1 || n*len(p.Messages[0]) > most {
		return nil
	}
	return bytes.Repeat(p.Messages[0], n)
}

// size returns the mean length of a message.
func (p Payload) size() float64 {
	sum := 0
	for _, m := range p.Messages {
		sum += len(m)
	}
	return float64(sum) / float64(len(p.Messages))
}
