// The canonical form of an accord (docs/accord.md), a second time: the rules from the file's data on, not only JSON.
//
// Standard input: a list of TOML documents as JSON, each time of theirs as {"$time": "2015-10-20T03:00:00.5+03:00"}.
// Standard output: a list of [canonical text, digest]. Written from the documentation, in a language whose numbers and
// sorting RFC 8785 takes; nothing of SkyAccord is used.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const PROSE = /^(text|use|reading)(_(en|ru|ar))?$/;

// 4. times: UTC, a fraction of up to six digits without trailing zeros, if there is one.
function time(text) {
  const [, seconds, fraction = '', zone] = /^(.{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const utc = new Date(`${seconds}${zone}`).toISOString().slice(0, 19);
  const rest = fraction.slice(0, 6).replace(/0+$/, '');
  return `${utc}${rest && `.${rest}`}Z`;
}

// 1. and 3.: what is absent, an empty key and an empty list are left out; prose has lost what is blank at its ends.
function cleaned(value, name, prose) {
  if (typeof value === 'string') return prose ? value.trim() : value;
  if (Array.isArray(value)) return value.map((one) => cleaned(one, name, false));
  if (value === null || typeof value !== 'object') return value;
  if ('$time' in value) return time(value.$time);
  const wording = name === 'text' || name === 'pronunciation'; // of a phrase: prose by language
  const kept = Object.entries(value).map(([key, one]) => [key, cleaned(one, key, wording || PROSE.test(key))]);
  return Object.fromEntries(
    kept.filter(([key, one]) => !(Array.isArray(one) && one.length === 0) && !(key === 'public_key' && one === '')),
  );
}

// 1. all other defaults are written out.
function filled(accord) {
  const rules = (accord.rule ?? []).map((rule) => ({ combinator: 'either', ...rule }));
  const phrases = (accord.phrase ?? []).map((phrase) => ({
    ...phrase,
    params: (phrase.params ?? []).map((one) => ({ optional: false, ...one })),
  }));
  const made = { exercise: false, ...accord, rule: rules, phrase: phrases };
  if (accord.disclosure) made.disclosure = { reading_logged: true, ...accord.disclosure };
  return made;
}

function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${written(value[key])}`).join(',')}}`;
}

const documents = JSON.parse(readFileSync(0, 'utf8'));
const digest = (text) => `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
const made = documents.map((one) => written(cleaned(filled(one), '', false)));
console.log(JSON.stringify(made.map((text) => [text, digest(text)])));
