import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parts, variables } from '../src/lib/i18n/format';

const LANGUAGES = ['en', 'es', 'fr', 'de', 'ar'];
const SHELLS = ['front', 'app'];
const here = new URL('.', import.meta.url);

function catalogue(part: string, language: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`${part}/${language}.json`, here), 'utf8')) as Record<string, string>;
}

function sources(folder: string): string {
  const root = new URL(`../src/${folder}/`, here);
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => /\.(svelte|ts)$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, root), 'utf8'))
    .join('\n');
}

describe.each(['ui', ...SHELLS])('catalogue %s', (part) => {
  const english = catalogue(part, 'en');

  it('has a file for every language and no other', () => {
    const files = readdirSync(new URL(`${part}/`, here)).sort();
    expect(files).toEqual(LANGUAGES.map((language) => `${language}.json`).sort());
  });

  it.each(LANGUAGES)('has the same keys and variables in %s', (language) => {
    const translated = catalogue(part, language);
    expect(Object.keys(translated).sort()).toEqual(Object.keys(english).sort());
    for (const [key, message] of Object.entries(english)) {
      expect({ key, variables: variables(translated[key] ?? '') }).toEqual({ key, variables: variables(message) });
    }
  });

  it.each(LANGUAGES)('can be read in %s: no empty, unbalanced or clumsy text', (language) => {
    for (const [key, message] of Object.entries(catalogue(part, language))) {
      expect(message.trim(), key).toBe(message);
      expect(message, key).not.toBe('');
      expect(() => parts(message, {}, language), key).not.toThrow();
    }
  });

  it.each(LANGUAGES)('has every plural form that %s has', (language) => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, message] of Object.entries(catalogue(part, language))) {
      if (!message.includes(', plural,')) continue;
      // Zero is said by `other`, and `many` in Spanish and French only counts millions.
      const rare = new Set(language === 'ar' ? ['zero'] : ['many']);
      for (const form of needed.filter((each) => !rare.has(each))) {
        expect(message, `${key}: ${form}`).toContain(`${form} {`);
      }
    }
  });
});

describe.each(SHELLS)('shell %s', (shell) => {
  const own = { ...catalogue('ui', 'en'), ...catalogue(shell, 'en') };
  const code = sources('lib') + (shell === 'front' ? sources('front') + sources('signup') + sources('signin') : sources('app'));

  it('finds every text it asks for', () => {
    // Asked for literally: t('key'), key="key", text: 'key'.
    const asked = [...code.matchAll(/(?:\bt\(|\bkey=|\btext: )\s*["']([\w.]+)["']/g)].map(([, key]) => key as string);
    expect(asked.length).toBeGreaterThan(40);
    expect([...new Set(asked.filter((key) => !(key in own)))]).toEqual([]);
  });

  it('asks for every text it has', () => {
    // Asked for by prefix: t(`kind.${kind}`).
    const prefixes = [...code.matchAll(/`([a-z_]+\.)(?:[a-z_]+\.)?\$\{/g)].map(([, prefix]) => prefix as string);
    const unused = Object.keys(catalogue(shell, 'en')).filter(
      (key) => !code.includes(`'${key}'`) && !code.includes(`"${key}"`) && !prefixes.some((each) => key.startsWith(each)),
    );
    expect(unused).toEqual([]);
  });
});

it('has the sentence of every permission that the server knows', () => {
  const rights = readFileSync(new URL('../../domain/src/authz/permission.rs', here), 'utf8');
  const known = [...rights.matchAll(/= "([a-z_]+:[a-z_]+)" "([^"]+)"/g)].map(([, key, text]) => [
    `may.${key}`,
    text?.replaceAll("'", '’'),
  ]);
  expect(known.length).toBeGreaterThan(40);
  const said = Object.entries(catalogue('app', 'en')).filter(([key]) => key.startsWith('may.'));
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(known));
});

it('does not say one key in two places of one shell', () => {
  for (const shell of SHELLS) {
    const twice = Object.keys(catalogue(shell, 'en')).filter((key) => key in catalogue('ui', 'en'));
    expect(twice).toEqual([]);
  }
});
