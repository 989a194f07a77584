// Copyright 2026 The duplex authors. MIT license.

// util.parseArgs and util.parseEnv.

'use strict';

const { codes, define } = require('internal/errors');
const check = require('internal/validators');

function parseError(code, message) {
  const ParseError = codes[code] || define(code, TypeError, (text) => text);
  return new ParseError(message);
}

const positionalOnly = (arg) => arg === '-' || arg[0] !== '-';

function validate(options) {
  for (const [name, option] of Object.entries(options)) {
    check.validateObject(option, `options.${name}`);
    if (option.type !== 'string' && option.type !== 'boolean') {
      throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}.type`, "('string|boolean')", option.type);
    }
    if (Object.hasOwn(option, 'short')) {
      check.validateString(option.short, `options.${name}.short`);
      if (option.short.length !== 1) {
        throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}.short`, option.short, 'must be a single character');
      }
    }
    if (Object.hasOwn(option, 'multiple')) check.validateBoolean(option.multiple, `options.${name}.multiple`);
    if (option.default === undefined) continue;
    const fits = option.type === 'string' ? check.validateString : check.validateBoolean;
    if (!option.multiple) {
      fits(option.default, `options.${name}.default`);
    } else {
      check.validateArray(option.default, `options.${name}.default`);
      option.default.forEach((value, i) => fits(value, `options.${name}.default[${i}]`));
    }
  }
}

// tokensOf splits args into options, positionals and the terminator.
function tokensOf(args, options) {
  const tokens = [];
  const shorts = new Map(Object.entries(options).filter(([, o]) => o.short).map(([name, o]) => [o.short, name]));
  const wantsValue = (name) => Object.hasOwn(options, name) && options[name].type === 'string';
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (index++; index < args.length; index++) tokens.push({ kind: 'positional', index, value: args[index] });
    } else if (positionalOnly(arg)) {
      tokens.push({ kind: 'positional', index, value: arg });
    } else if (arg.startsWith('--')) {
      const equals = arg.indexOf('=', 3);
      const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
      const token = { kind: 'option', name, rawName: `--${name}`, index, value: undefined, inlineValue: undefined };
      if (equals >= 0) Object.assign(token, { value: arg.slice(equals + 1), inlineValue: true });
      else if (wantsValue(name) && args[index + 1] !== undefined) Object.assign(token, { value: args[++index], inlineValue: false });
      tokens.push(token);
    } else {
      for (let i = 1; i < arg.length; i++) {
        const name = shorts.get(arg[i]) ?? arg[i];
        const token = { kind: 'option', name, rawName: `-${arg[i]}`, index, value: undefined, inlineValue: undefined };
        tokens.push(token);
        if (!wantsValue(name)) continue;
        if (i + 1 < arg.length) Object.assign(token, { value: arg.slice(i + 1), inlineValue: true });
        else if (args[index + 1] !== undefined) Object.assign(token, { value: args[++index], inlineValue: false });
        break;
      }
    }
  }
  return tokens;
}

function checkToken(token, options, positionals) {
  const { name, rawName, value } = token;
  if (!Object.hasOwn(options, name)) {
    const hint = positionals && rawName !== undefined
      ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${rawName}"` : '';
    throw parseError('ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${rawName}'${hint}`);
  }
  const option = options[name];
  const label = `${option.short ? `-${option.short}, ` : ''}--${name}`;
  if (option.type === 'string' && typeof value !== 'string') {
    throw parseError('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${label} <value>' argument missing`);
  }
  if (option.type === 'boolean' && value !== undefined) {
    throw parseError('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${label}' does not take an argument`);
  }
  if (option.type === 'string' && token.inlineValue === false && value.length > 1 && value[0] === '-') {
    const example = rawName.startsWith('--') ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
    throw parseError('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${rawName}' argument is ambiguous.\n` +
      `Did you forget to specify the option argument for '${rawName}'?\n` +
      `To specify an option argument starting with a dash use ${example}.`);
  }
}

exports.parseArgs = function ({ args = process.argv.slice(2), strict = true, options = {}, tokens: wanted = false, ...config } = {}) {
  const { allowPositionals = !strict } = config;
  check.validateArray(args, 'args');
  check.validateBoolean(strict, 'strict');
  check.validateBoolean(allowPositionals, 'allowPositionals');
  check.validateBoolean(wanted, 'tokens');
  check.validateObject(options, 'options');
  validate(options);
  const result = { values: Object.create(null), positionals: [] };
  const tokens = tokensOf(args, options);
  if (wanted) result.tokens = tokens;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!allowPositionals) {
        throw parseError('ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL',
          `Unexpected argument '${token.value}'. This command does not take positional arguments`);
      }
      result.positionals.push(token.value);
    } else if (token.kind === 'option') {
      if (strict) checkToken(token, options, allowPositionals);
      if (token.name === '__proto__') continue;
      const value = token.value ?? true;
      const { values } = result;
      if (options[token.name]?.multiple) (values[token.name] ??= []).push(value);
      else values[token.name] = value;
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && result.values[name] === undefined) result.values[name] = option.default;
  }
  return result;
};

const line = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*("[^"]*"|'[^']*'|`[^`]*`|[^\n#]*)/gm;

exports.parseEnv = function (content) {
  const values = {};
  for (const [, name, text] of content.replace(/\r\n?/g, '\n').matchAll(line)) {
    const quote = text[0];
    const quoted = text.length > 1 && (quote === '"' || quote === "'" || quote === '`') && text.endsWith(quote);
    let value = quoted ? text.slice(1, -1) : text.trim();
    if (quoted && quote === '"') value = value.replaceAll('\\n', '\n');
    values[name] = value;
  }
  return values;
};
