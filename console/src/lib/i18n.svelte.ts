// Three catalogues, one shape: a missing key is a type error here and a failing test (tests/catalogues.test.ts).

import ar from '../i18n/ar.json';
import en from '../i18n/en.json';
import ru from '../i18n/ru.json';
import { setParams } from './url';

export type Key = keyof typeof en;
export type Language = 'en' | 'ru' | 'ar';

const CATALOGUES: Record<Language, Record<Key, string>> = { en, ru, ar };
export const LANGUAGES: { id: Language; name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'ru', name: 'Русский' },
  { id: 'ar', name: 'العربية' },
];

export const isLanguage = (value: string | null): value is Language => value !== null && value in CATALOGUES;

const asked = new URLSearchParams(location.search).get('lang');
let language = $state<Language>(isLanguage(asked) ? asked : 'en');

export const i18n = {
  get language(): Language {
    return language;
  },
  get direction(): 'ltr' | 'rtl' {
    return language === 'ar' ? 'rtl' : 'ltr';
  },
  choose(next: Language): void {
    language = next;
    setParams({ lang: next });
  },
};

/** The text of `key` in the chosen language, with `{name}` replaced by values. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(CATALOGUES[language][key], values);
}

/** What stands between names in the chosen language; and names one after the other. */
export const comma = (): string => (language === 'ar' ? '، ' : ', ');
export const listed = (names: readonly string[]): string => names.join(comma());

/** Whether there is a text of this name: for words that come from the node (states, reasons). */
export const isKey = (key: string): key is Key => key in en;

/** The text for a word of the node's, or the word itself. */
export function word(prefix: string, value: string): string {
  const key = `${prefix}.${value.replaceAll(' ', '-')}`;
  return isKey(key) ? t(key) : value;
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
