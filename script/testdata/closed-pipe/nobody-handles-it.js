// Copyright 2026 The duplex authors. MIT license.

'use strict';

const timer = setInterval(() => console.log('tick'), 5);
setTimeout(() => clearInterval(timer), 2000);
