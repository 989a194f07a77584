// Copyright 2026 The duplex authors. MIT license.

// The agents of http and https, which packages make while they load: what they
// remember of their options, and no connections.

'use strict';

const EventEmitter = require('events');

// agent returns the class Agent of a module, whose methods beyond those that work
// are described by absent.
exports.agent = function (absent, base, methods, defaults) {
  const Agent = absent.type('Agent', base, methods, function (options) {
    EventEmitter.call(this);
    this.defaultPort = defaults.port;
    this.protocol = defaults.protocol;
    this.options = Object.assign(Object.create(null), options);
    if (this.options.noDelay === undefined) this.options.noDelay = true;
    this.options.path = null;
    for (const name of ['requests', 'sockets', 'freeSockets']) this[name] = Object.create(null);
    this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
    this.keepAlive = this.options.keepAlive || false;
    this.maxSockets = this.options.maxSockets || Infinity;
    this.maxFreeSockets = this.options.maxFreeSockets || 256;
    this.scheduling = this.options.scheduling || 'lifo';
    this.maxTotalSockets = this.options.maxTotalSockets ?? Infinity;
    this.totalSocketCount = 0;
  });
  return Agent;
};
