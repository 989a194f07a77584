// Copyright 2026 The duplex authors. MIT license.

// The inspector that no debugger can reach. Its console has nobody to print to.

'use strict';

const EventEmitter = require('events');
const { absent } = require('internal/absent');

const inspector = absent('inspector', 'run the script with node');

const silent = (list) => Object.fromEntries(list.split(' ').map((name) => [name, { [name]() {} }[name]]));

class Session extends EventEmitter {
  connect() {
    throw inspector.refuse('Session.prototype.connect()');
  }
  connectToMainThread() {
    throw inspector.refuse('Session.prototype.connectToMainThread()');
  }
  post() {
    throw inspector.refuse('Session.prototype.post()');
  }
  disconnect() {}
}
exports.Session = Session;

// withSession returns what a module of the inspector has, with a class of sessions.
exports.withSession = (Session) => ({
  ...inspector.functions('open'),
  close() {},
  url() {},
  ...inspector.functions('waitForDebugger'),
  console: silent('debug error info log warn dir dirxml table trace group groupCollapsed groupEnd clear count countReset assert profile ' +
    'profileEnd time timeLog timeEnd timeStamp context'),
  Session,
  Network: silent('requestWillBeSent responseReceived loadingFinished loadingFailed'),
});
