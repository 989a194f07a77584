// Copyright 2026 The duplex authors. MIT license.

'use strict';

Promise.reject('only words');
