// Copyright 2026 The duplex authors. MIT license.

'use strict';

const { Transform } = require('stream');
const { absent, constants: fixed } = require('internal/absent');

const zlib = absent('zlib', 'leave compression off, or run the script with node');

const constants = fixed(`
  Z_NO_FLUSH=0 Z_PARTIAL_FLUSH=1 Z_SYNC_FLUSH=2 Z_FULL_FLUSH=3 Z_FINISH=4 Z_BLOCK=5 Z_OK=0 Z_STREAM_END=1 Z_NEED_DICT=2 Z_ERRNO=-1
  Z_STREAM_ERROR=-2 Z_DATA_ERROR=-3 Z_MEM_ERROR=-4 Z_BUF_ERROR=-5 Z_VERSION_ERROR=-6 Z_NO_COMPRESSION=0 Z_BEST_SPEED=1
  Z_BEST_COMPRESSION=9 Z_DEFAULT_COMPRESSION=-1 Z_FILTERED=1 Z_HUFFMAN_ONLY=2 Z_RLE=3 Z_FIXED=4 Z_DEFAULT_STRATEGY=0 ZLIB_VERNUM=4880
  DEFLATE=1 INFLATE=2 GZIP=3 GUNZIP=4 DEFLATERAW=5 INFLATERAW=6 UNZIP=7 BROTLI_DECODE=8 BROTLI_ENCODE=9 Z_MIN_WINDOWBITS=8
  Z_MAX_WINDOWBITS=15 Z_DEFAULT_WINDOWBITS=15 Z_MIN_CHUNK=64 Z_MAX_CHUNK=Infinity Z_DEFAULT_CHUNK=16384 Z_MIN_MEMLEVEL=1
  Z_MAX_MEMLEVEL=9 Z_DEFAULT_MEMLEVEL=8 Z_MIN_LEVEL=-1 Z_MAX_LEVEL=9 Z_DEFAULT_LEVEL=-1 BROTLI_OPERATION_PROCESS=0
  BROTLI_OPERATION_FLUSH=1 BROTLI_OPERATION_FINISH=2 BROTLI_OPERATION_EMIT_METADATA=3 BROTLI_PARAM_MODE=0 BROTLI_MODE_GENERIC=0
  BROTLI_MODE_TEXT=1 BROTLI_MODE_FONT=2 BROTLI_DEFAULT_MODE=0 BROTLI_PARAM_QUALITY=1 BROTLI_MIN_QUALITY=0 BROTLI_MAX_QUALITY=11
  BROTLI_DEFAULT_QUALITY=11 BROTLI_PARAM_LGWIN=2 BROTLI_MIN_WINDOW_BITS=10 BROTLI_MAX_WINDOW_BITS=24 BROTLI_LARGE_MAX_WINDOW_BITS=30
  BROTLI_DEFAULT_WINDOW=22 BROTLI_PARAM_LGBLOCK=3 BROTLI_MIN_INPUT_BLOCK_BITS=16 BROTLI_MAX_INPUT_BLOCK_BITS=24
  BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING=4 BROTLI_PARAM_SIZE_HINT=5 BROTLI_PARAM_LARGE_WINDOW=6 BROTLI_PARAM_NPOSTFIX=7
  BROTLI_PARAM_NDIRECT=8 BROTLI_DECODER_RESULT_ERROR=0 BROTLI_DECODER_RESULT_SUCCESS=1 BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT=2
  BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT=3 BROTLI_DECODER_PARAM_DISABLE_RING_BUFFER_REALLOCATION=0 BROTLI_DECODER_PARAM_LARGE_WINDOW=1
  BROTLI_DECODER_NO_ERROR=0 BROTLI_DECODER_SUCCESS=1 BROTLI_DECODER_NEEDS_MORE_INPUT=2 BROTLI_DECODER_NEEDS_MORE_OUTPUT=3
  BROTLI_DECODER_ERROR_FORMAT_EXUBERANT_NIBBLE=-1 BROTLI_DECODER_ERROR_FORMAT_RESERVED=-2
  BROTLI_DECODER_ERROR_FORMAT_EXUBERANT_META_NIBBLE=-3 BROTLI_DECODER_ERROR_FORMAT_SIMPLE_HUFFMAN_ALPHABET=-4
  BROTLI_DECODER_ERROR_FORMAT_SIMPLE_HUFFMAN_SAME=-5 BROTLI_DECODER_ERROR_FORMAT_CL_SPACE=-6
  BROTLI_DECODER_ERROR_FORMAT_HUFFMAN_SPACE=-7 BROTLI_DECODER_ERROR_FORMAT_CONTEXT_MAP_REPEAT=-8
  BROTLI_DECODER_ERROR_FORMAT_BLOCK_LENGTH_1=-9 BROTLI_DECODER_ERROR_FORMAT_BLOCK_LENGTH_2=-10
  BROTLI_DECODER_ERROR_FORMAT_TRANSFORM=-11 BROTLI_DECODER_ERROR_FORMAT_DICTIONARY=-12 BROTLI_DECODER_ERROR_FORMAT_WINDOW_BITS=-13
  BROTLI_DECODER_ERROR_FORMAT_PADDING_1=-14 BROTLI_DECODER_ERROR_FORMAT_PADDING_2=-15 BROTLI_DECODER_ERROR_FORMAT_DISTANCE=-16
  BROTLI_DECODER_ERROR_DICTIONARY_NOT_SET=-19 BROTLI_DECODER_ERROR_INVALID_ARGUMENTS=-20 BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES=-21
  BROTLI_DECODER_ERROR_ALLOC_TREE_GROUPS=-22 BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MAP=-25 BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_1=-26
  BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_2=-27 BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES=-30 BROTLI_DECODER_ERROR_UNREACHABLE=-31
`);

const codes = {};
for (const name of ['Z_OK', 'Z_STREAM_END', 'Z_NEED_DICT', 'Z_ERRNO', 'Z_STREAM_ERROR', 'Z_DATA_ERROR', 'Z_MEM_ERROR', 'Z_BUF_ERROR',
  'Z_VERSION_ERROR']) {
  codes[name] = constants[name];
}
for (const name of Object.keys(codes)) codes[codes[name]] = name;

class Handle {} // what Node's streams have in _handle

const base = zlib.type('ZlibBase', Transform, 'reset flush close params');
base.prototype._transform = base.prototype._flush = function (...args) {
  args[args.length - 1](zlib.refuse(`zlib.${this.constructor.name}`));
};
const types = {};
for (const [parent, names] of [['Zlib', 'Deflate Inflate Gzip Gunzip DeflateRaw InflateRaw Unzip'], ['Brotli', 'BrotliCompress BrotliDecompress']]) {
  const Parent = zlib.type(parent, base);
  for (const name of names.split(' ')) {
    // A stream is made, since ssh2 asks one for its handle while it loads. It fails when
    // bytes come.
    types[name] = zlib.type(name, Parent, '', function (options) {
      Transform.call(this, { ...options, autoDestroy: true });
      this._handle = new Handle();
    });
  }
}

// Packages unpack tables while they load, so the synchronous way back is there.
function unpacking(name, form) {
  return {
    [name](data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data instanceof ArrayBuffer ? Buffer.from(data) :
        Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const kind = typeof form === 'string' ? form : form(bytes);
      const plain = binding('zlib').unpack(Uint8Array.from(bytes).buffer, kind);
      if (typeof plain !== 'string') return Buffer.from(plain);
      const error = new Error(plain === 'Z_BUF_ERROR' ? 'unexpected end of file' : kind === 'raw' ? 'invalid stored block lengths' : 'incorrect header check');
      throw Object.assign(error, { errno: constants[plain], code: plain });
    },
  }[name];
}

module.exports = {
  ...zlib.functions('crc32'),
  ...types,
  ...zlib.functions('deflate deflateSync gzip gzipSync deflateRaw deflateRawSync unzip unzipSync inflate inflateSync gunzip gunzipSync ' +
    'inflateRaw inflateRawSync brotliCompress brotliCompressSync brotliDecompress brotliDecompressSync'),
};
Object.assign(module.exports, {
  unzipSync: unpacking('unzipSync', (bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b ? 'gzip' : 'zlib')),
  inflateSync: unpacking('inflateSync', 'zlib'),
  gunzipSync: unpacking('gunzipSync', 'gzip'),
  inflateRawSync: unpacking('inflateRawSync', 'raw'),
});
const makers = {};
for (const name of ['Deflate', 'Inflate', 'DeflateRaw', 'InflateRaw', 'Gzip', 'Gunzip', 'Unzip', 'BrotliCompress', 'BrotliDecompress']) {
  makers[`create${name}`] = { [`create${name}`]: (options) => new types[name](options) }[`create${name}`];
}
for (const [name, value] of Object.entries({ ...makers, constants, codes: Object.freeze(codes) })) {
  Object.defineProperty(module.exports, name, { value, enumerable: true });
}
for (const name of Object.keys(constants)) {
  if (!name.startsWith('BROTLI')) Object.defineProperty(module.exports, name, { value: constants[name] });
}
