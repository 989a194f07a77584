// Copyright 2026 The duplex authors. MIT license.

// What there is to say of the heap; the rest is V8's alone.

'use strict';

const { validateString } = require('internal/validators');

const v8 = require('internal/absent').absent('v8', 'run the script with node');

const Serializer = v8.type('Serializer', null,
  'writeHeader writeValue releaseBuffer transferArrayBuffer writeUint32 writeUint64 writeDouble writeRawBytes ' +
  '_setTreatArrayBufferViewsAsHostObjects _getDataCloneError');
const Deserializer = v8.type('Deserializer', null,
  'readHeader readValue getWireFormatVersion transferArrayBuffer readUint32 readUint64 readDouble _readRawBytes readRawBytes');

module.exports = {
  cachedDataVersionTag: () => 0,
  ...v8.functions('getHeapSnapshot'),
  getHeapStatistics() {
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
  },
  getHeapSpaceStatistics: () => [],
  getHeapCodeStatistics() {
    return { code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0, cpu_profiler_metadata_size: 0 };
  },
  setFlagsFromString(flags) {
    validateString(flags, 'flags');
  },
  Serializer,
  Deserializer,
  DefaultSerializer: v8.type('DefaultSerializer', Serializer, '_writeHostObject'),
  DefaultDeserializer: v8.type('DefaultDeserializer', Deserializer, '_readHostObject'),
  ...v8.functions('deserialize'),
  takeCoverage() {},
  stopCoverage() {},
  ...v8.functions('serialize writeHeapSnapshot'),
  promiseHooks: v8.functions('createHook onInit onBefore onAfter onSettled', 'v8.promiseHooks'),
  ...v8.functions('queryObjects'),
  startupSnapshot: {
    ...v8.functions('addDeserializeCallback addSerializeCallback setDeserializeMainFunction', 'v8.startupSnapshot'),
    isBuildingSnapshot: () => 0,
  },
  ...v8.functions('setHeapSnapshotNearHeapLimit'),
  GCProfiler: v8.type('GCProfiler', null, 'start stop'),
};
