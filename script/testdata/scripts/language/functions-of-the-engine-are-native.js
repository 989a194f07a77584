// Functions that are the engine's own have no text, whoever wrote them; packages look
// for that. Those of a script have theirs.
const { toString } = Function.prototype;
for (const name of ['Function', 'RegExp', 'Error', 'TypeError', 'AggregateError', 'Proxy', 'WeakRef', 'FinalizationRegistry', 'Promise', 'Symbol',
  'parseInt', 'structuredClone']) console.log(toString.call(globalThis[name]));
for (const [object, names] of [
  [Promise, ['any', 'all']],
  [Date.prototype, ['toString', 'toLocaleString', 'getYear']],
  [Number.prototype, ['toString', 'toLocaleString', 'toFixed']],
  [String.prototype, ['isWellFormed', 'localeCompare', 'anchor']],
  [RegExp.prototype, ['toString', 'exec']],
  [Array.prototype, ['sort', 'toSorted', 'map']],
  [JSON, ['parse', 'stringify']],
  [Error, ['captureStackTrace']],
  [Number, ['parseInt']],
  [Object.prototype, ['__defineGetter__', '__lookupSetter__', 'hasOwnProperty']],
  [Proxy, ['revocable']],
  [Function.prototype, ['toString', 'bind']],
  [WeakRef.prototype, ['deref']],
  [WebAssembly, ['compile', 'Module', 'Memory', 'CompileError']],
  [WebAssembly.Memory.prototype, ['grow']],
  [Intl, ['DateTimeFormat', 'NumberFormat', 'Collator', 'Locale', 'PluralRules', 'ListFormat', 'Segmenter', 'getCanonicalLocales']],
  [Intl.DateTimeFormat.prototype, ['formatToParts', 'resolvedOptions']],
]) for (const name of names) console.log(String(object[name]));
for (const f of [async () => {}, function* () {}]) console.log(String(Object.getPrototypeOf(f).constructor));
console.log(String(Object.getOwnPropertyDescriptor(RegExp.prototype, 'source').get));
console.log(String(Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, 'buffer').get));
class Own extends Error {}
JSON.parse = function parse(text) { return text; };
for (const f of [Own, JSON.parse, (a) => (a), new Function('a', 'return a')]) console.log(String(f));
