// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// A store is the database. Any goroutine may call its methods.
type store struct{ *sql.DB }

// openStore opens the database in a file. SQLite lets those that write wait in no order, so one
// of them may wait long on a busy machine.
func openStore(file string) (*store, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)")
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(`
		CREATE TABLE IF NOT EXISTS devices (id TEXT PRIMARY KEY, secret TEXT NOT NULL);
		CREATE TABLE IF NOT EXISTS readings (device TEXT NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL);`)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &store{db}, nil
}

// knows reports whether a device has this secret.
func (s *store) knows(ctx context.Context, id, secret string) (bool, error) {
	var want string
	err := s.QueryRowContext(ctx, "SELECT secret FROM devices WHERE id = ?", id).Scan(&want)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return subtle.ConstantTimeCompare([]byte(secret), []byte(want)) == 1, err
}

// add keeps a reading.
func (s *store) add(ctx context.Context, id string, at time.Time, value float64) error {
	_, err := s.ExecContext(ctx, "INSERT INTO readings VALUES (?, ?, ?)", id, at.UnixMilli(), value)
	return err
}
