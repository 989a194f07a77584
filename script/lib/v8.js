// Copyright 2026 The duplex authors. MIT license.

// What there is to say of the heap.

'use strict';

exports.getHeapStatistics = function getHeapStatistics() {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return {
    total_heap_size: heapTotal,
    total_heap_size_executable: 0,
    total_physical_size: rss,
    total_available_size: Math.max(0, require('os').totalmem() - rss),
    used_heap_size: heapUsed,
    heap_size_limit: require('os').totalmem(),
    malloced_memory: 0,
    peak_malloced_memory: 0,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: external,
  };
};
exports.getHeapSpaceStatistics = () => [];
exports.setFlagsFromString = function setFlagsFromString(flags) {
  require('internal/validators').validateString(flags, 'flags');
};
exports.cachedDataVersionTag = () => 0;
