// Copyright 2026 The duplex authors. MIT license.

'use strict';

const tty = require('tty'); const P = tty.WriteStream.prototype;
const envs = [{}, ...['', '0', '1', '2', '3', 'true', 'false', '4'].map((v) => ({ FORCE_COLOR: v })), { NO_COLOR: '1', TERM: 'xterm' }, { NO_COLOR: '', TERM: 'xterm' },
 { NODE_DISABLE_COLORS: '1', TERM: 'xterm' }, { TMUX: '1' }, { TMUX: 'x', TERM: 'screen-256color' }, { CI: '1' }, { CI: '1', TRAVIS: '1' }, { CI: '1', GITHUB_ACTIONS: '1' }, { CI: '', GITEA_ACTIONS: '' }, {CI:'1',CI_NAME:'codeship'},
 ...['APPVEYOR','BUILDKITE','CIRCLECI','DRONE','GITLAB_CI','GITEA_ACTIONS','VERCEL'].map((n)=>({CI:'1',[n]:'1'})),
 { TF_BUILD: '1', AGENT_NAME: 'a' }, { TF_BUILD: '1' }, { NODE_DISABLE_COLORS: '', TERM: 'xterm' }, { TEAMCITY_VERSION: '9.1.0 (build 1)' }, { TEAMCITY_VERSION: '9.0.5 (build 1)' }, { TEAMCITY_VERSION: '8' }, { TEAMCITY_VERSION: '10.1' },
 ...['iTerm.app', 'HyperTerm', 'MacTerm', 'Apple_Terminal', 'Hyper', 'vscode'].map((v) => ({ TERM_PROGRAM: v })), { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.0' }, { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '2.9' },
 ...['truecolor', '24bit', '1', 'yes'].map((v) => ({ COLORTERM: v })), { COLORTERM: 'truecolor', TERM: 'xterm' },{ COLORTERM: 'x', TERM: 'unknown' },
 ...['dumb', 'xterm', 'xterm-256color', 'XTERM-256color', 'xterm-kitty', 'xterm-direct', 'screen', 'screen-256color', 'linux', 'vt100', 'vt220', 'ansi', 'con80x25', 'rxvt', 'rxvt-unicode-24bit', 'eterm', 'Eterm', 'cons25', 'console', 'cygwin', 'dtterm', 'gnome', 'hurd', 'jfbterm', 'konsole', 'kterm', 'mlterm', 'mosh', 'putty', 'st', 'st-256color', 'terminator', 'tmux', 'tmux-256color', 'alacritty', 'foot', 'truecolor', 'color', 'direct', 'unknown', 'wezterm','vt420'].map((v) => ({ TERM: v })), { TERM: 'xterm', COLORTERM: '' }];
for (const env of envs) console.log(JSON.stringify(env), P.getColorDepth(env), P.hasColors.call(P, 16, env), P.hasColors.call(P, env), P.hasColors.call(P, 2 ** 24, env));
for (const args of [['2'], [1], [null]]) { try { console.log(P.hasColors(...args)); } catch (e) { console.log(e.name, e.code, e.message); } }
