// Copyright 2026 The duplex authors. MIT license.

// How many colors a terminal has, by what the environment says of it.

'use strict';

const { validateInteger } = require('internal/validators');

const none = 1; // bits
const sixteen = 4;
const many = 8;
const all = 24;

const terms = {
  __proto__: null,
  eterm: sixteen, cons25: sixteen, console: sixteen, cygwin: sixteen, dtterm: sixteen, gnome: sixteen, hurd: sixteen, jfbterm: sixteen,
  konsole: sixteen, kterm: sixteen, mlterm: sixteen, mosh: all, putty: sixteen, st: sixteen, 'rxvt-unicode-24bit': all, terminator: all,
};
const named = [/ansi/, /color/, /linux/, /^con[0-9]*x[0-9]/, /^rxvt/, /^screen/, /^xterm/, /^vt100/];
const builders = ['APPVEYOR', 'BUILDKITE', 'CIRCLECI', 'DRONE', 'GITHUB_ACTIONS', 'GITLAB_CI', 'TRAVIS'];

let warned = false;

function warn(env) {
  if (warned) return;
  const ignored = env.NODE_DISABLE_COLORS !== undefined && env.NODE_DISABLE_COLORS !== '' ? 'NODE_DISABLE_COLORS' :
    env.NO_COLOR !== undefined && env.NO_COLOR !== '' ? 'NO_COLOR' : '';
  if (ignored === '') return;
  process.emitWarning(`The '${ignored}' env is ignored due to the 'FORCE_COLOR' env being set.`, 'Warning');
  warned = true;
}

exports.depth = function depth(env = process.env) {
  if (env.FORCE_COLOR !== undefined) {
    const forced = { __proto__: null, '': sixteen, 1: sixteen, true: sixteen, 2: many, 3: all }[env.FORCE_COLOR];
    if (forced === undefined) return none;
    warn(env);
    return forced;
  }
  if (env.NODE_DISABLE_COLORS !== undefined || env.NO_COLOR !== undefined || env.TERM === 'dumb') return none;
  if (process.platform === 'win32') return all;
  if (env.TMUX) return many;
  if ('CI' in env) return builders.some((name) => name in env) || env.CI_NAME === 'codeship' ? many : none;
  if ('TEAMCITY_VERSION' in env) return /^(9\.(0*[1-9]\d*)\.|\d{2,}\.)/.test(env.TEAMCITY_VERSION) ? sixteen : none;
  switch (env.TERM_PROGRAM) {
    case 'iTerm.app':
      return !env.TERM_PROGRAM_VERSION || /^[0-2]\./.test(env.TERM_PROGRAM_VERSION) ? many : all;
    case 'HyperTerm':
    case 'MacTerm':
      return all;
    case 'Apple_Terminal':
      return many;
    default:
  }
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return all;
  if (env.TERM) {
    if (/^xterm-256/.test(env.TERM)) return many;
    const term = env.TERM.toLowerCase();
    if (terms[term]) return terms[term];
    if (named.some((pattern) => pattern.test(term))) return sixteen;
  }
  return env.COLORTERM ? sixteen : none;
};

exports.has = function (stream, count, env) {
  if (env === undefined && (count === undefined || (typeof count === 'object' && count !== null))) {
    env = count;
    count = 16;
  } else {
    validateInteger(count, 'count', 2);
  }
  return count <= 2 ** stream.getColorDepth(env);
};
