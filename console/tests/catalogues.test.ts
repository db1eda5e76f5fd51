import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import ar from '../src/i18n/ar.json';
import en from '../src/i18n/en.json';
import ru from '../src/i18n/ru.json';

const catalogues: Record<string, Record<string, string>> = { en, ru, ar };
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|svelte)$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

describe.each(Object.keys(catalogues))('the catalogue %s', (language) => {
  const catalogue = catalogues[language]!;

  it('has every text, in the same order, and no other', () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(en));
  });

  it('leaves no text empty and keeps every placeholder', () => {
    for (const [key, text] of Object.entries(catalogue)) {
      expect(text.trim(), key).not.toBe('');
      expect(placeholders(text), key).toEqual(placeholders((en as Record<string, string>)[key]!));
    }
  });
});

describe('translations', () => {
  it('are in their own script, but for names that are the same everywhere', () => {
    const same = new Set(['alert.at-cpa', 'incident.scale.airprox', 'reason.nmac', 'verdict.nmac']);
    for (const key of Object.keys(en).filter((key) => !same.has(key))) {
      expect((ru as Record<string, string>)[key], key).toMatch(/\p{Script=Cyrillic}/u);
      expect((ar as Record<string, string>)[key], key).toMatch(/\p{Script=Arabic}/u);
    }
  });

  it('have no count before a noun, whose form would hang on it: 1 entries, 3 записей', () => {
    const counted = /\{(?:count|number|n|left)\}\s+(?!s\b|с\s|ث\s|waiting|not )\p{L}/u;
    for (const catalogue of Object.values(catalogues)) {
      for (const [key, text] of Object.entries(catalogue)) expect(counted.test(text), `${key}: ${text}`).toBe(false);
    }
  });

  it('have Arabic marks between Arabic words', () => {
    for (const [key, text] of Object.entries(ar)) expect(text, key).not.toMatch(/\p{Script=Arabic}\s*[;,?]/u);
  });

  it('are all used', () => {
    const code = sources(new URL('../src', import.meta.url).pathname).join('\n');
    // Keys made from a prefix and a word of the node's or of the code's own lists.
    const prefixes = [...code.matchAll(/(?:t\(`|word\(')([a-z-]+)[.'](?:\$\{|,)?/g)].map(([, prefix]) => `${prefix}.`);
    const unused = Object.keys(en).filter((key) => !code.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });
});
