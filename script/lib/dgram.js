// Copyright 2026 The duplex authors. MIT license.

'use strict';

const EventEmitter = require('events');
const { absent } = require('internal/absent');

const dgram = absent('dgram', 'use TCP (net), or run the script with node');

module.exports = {
  ...dgram.functions('_createSocketHandle createSocket'),
  Socket: dgram.type('Socket', EventEmitter,
    'bind connect disconnect sendto send close address remoteAddress setBroadcast setTTL setMulticastTTL setMulticastLoopback ' +
    'setMulticastInterface addMembership dropMembership addSourceSpecificMembership dropSourceSpecificMembership ref unref ' +
    'setRecvBufferSize setSendBufferSize getRecvBufferSize getSendBufferSize getSendQueueSize getSendQueueCount _handle@ _receiving@ ' +
    '_bindState@ _queue@ _reuseAddr@ _healthCheck _stopReceiving'),
};
