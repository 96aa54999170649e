import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parts, variables } from '../src/lib/i18n/format';

const LANGUAGES = ['en', 'es', 'fr', 'de', 'ar'];
/** Each catalogue, and the folders that say what is in it. */
const PARTS: Record<string, string[]> = {
  app: ['app'],
  front: ['front', 'signup', 'signin'],
  book: ['book'],
  visit: ['visit'],
  queue: ['queue', 'board'],
  regulars: ['regulars'],
  plans: ['plans'],
  pay: ['pay'],
  rest: ['rest'],
  gift: ['gift'],
  hear: ['hear'],
  repeat: ['repeat'],
  voucher: ['voucher'],
  waiting: ['waiting'],
  customers: ['app/customers'],
  day: ['app/day'],
  line: ['app/line'],
  look: ['app/look'],
  menu: ['app/menu'],
  messaging: ['app/messaging'],
  palette: ['app/palette'],
  payments: ['app/payments'],
  people: ['app/people'],
  places: ['app/places'],
  plan: ['app/plan'],
  platform: ['app/platform'],
  rules: ['app/rules'],
  waitlist: ['app/waitlist'],
  series: ['app/series'],
  sold: ['app/sold'],
  webhooks: ['app/webhooks'],
  welcome: ['app/welcome', 'app/poster', 'app/site'],
};
/** Those that are shown within another shell: its own words are there, too. */
const shellOf = (part: string): string[] => {
  if (['visit', 'regulars', 'plans'].includes(part)) return ['book'];
  // They are parts of what one sees of a visit.
  if (['hear', 'pay', 'repeat', 'waiting'].includes(part)) return ['book', 'visit'];
  // They are pages of their own, with what one pays with.
  if (part === 'gift') return ['book', 'visit', 'pay'];
  if (['rest', 'voucher'].includes(part)) return ['book', 'visit', 'pay'];
  return PARTS[part]?.[0]?.startsWith('app/') ? ['app'] : [];
};
const here = new URL('.', import.meta.url);

function catalogue(part: string, language: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`${part}/${language}.json`, here), 'utf8')) as Record<string, string>;
}

function sources(folder: string, wanted: (name: string) => boolean = () => true): string {
  const root = new URL(`../src/${folder}/`, here);
  if (!existsSync(root)) return '';
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => /\.(svelte|ts)$/.test(name) && !name.endsWith('.test.ts') && wanted(name))
    .map((name) => readFileSync(new URL(name, root), 'utf8'))
    .join('\n');
}

describe.each(['ui', ...Object.keys(PARTS)])('catalogue %s', (part) => {
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

describe.each(Object.entries(PARTS))('part %s', (part, folders) => {
  const own = Object.assign({}, ...['ui', ...shellOf(part), part].map((each) => catalogue(each, 'en'))) as object;
  // Of the staff pages, what a folder with words of its own asks for is looked at there.
  const parts = Object.values(PARTS).flat().filter((folder) => folder.startsWith('app/'));
  const mine = (name: string) => part !== 'app' || !parts.some((folder) => `app/${name}`.startsWith(`${folder}/`));
  const code = folders.map((folder) => sources(folder, mine)).join('\n');
  const asks = sources('lib') + code;

  it('finds every text it asks for', () => {
    // Asked for literally: t('key'), key="key", text: 'key'.
    const asked = [...asks.matchAll(/(?:\bt\(|\bkey=|\btext: )\s*["']([\w.]+)["']/g)].map(([, key]) => key as string);
    expect(asked.length).toBeGreaterThan(5);
    expect([...new Set(asked.filter((key) => !(key in own)))]).toEqual([]);
  });

  it('asks for every text it has', () => {
    // Asked for by prefix: t(`kind.${kind}`).
    const all = part === 'app' ? sources('app') + sources('lib') : asks;
    const prefixes = [...all.matchAll(/`([a-z_]+\.)(?:[a-z_]+\.)?\$\{/g)].map(([, prefix]) => prefix as string);
    const said = new Set([...all.matchAll(/['"]([\w.]+)['"]/g)].map(([, key]) => key));
    const unused = Object.keys(catalogue(part, 'en')).filter(
      (key) => !said.has(key) && !prefixes.some((each) => key.startsWith(each)),
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

/** Refusals that only programs meet, or that a page answers by going elsewhere. */
const FOR_PROGRAMS = ['bad_api_key', 'bad_token', 'keys_make_no_keys', 'no_pass', 'no_ticket', 'not_signed_in', 'second_factor_required', 'token_reused', 'wrong_signature'];

it('has a sentence for every refusal that people meet', () => {
  const domain = new URL('../../domain/src/', here);
  const sources = readdirSync(domain, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.rs'));
  const codes = sources.flatMap((file) =>
    [...readFileSync(new URL(file, domain), 'utf8').matchAll(/^ +\w+ = \w+ "([a-z_]+)" "/gm)].map(([, code]) => code ?? ''),
  );
  expect(codes.length).toBeGreaterThan(60);
  const said = Object.keys(PARTS).concat('ui').flatMap((part) => Object.keys(catalogue(part, 'en')));
  const unsaid = codes.filter((code) => !FOR_PROGRAMS.includes(code) && !said.includes(`fault.${code}`));
  expect([...new Set(unsaid)]).toEqual([]);
});

it('does not say one key in two places of one shell', () => {
  for (const part of Object.keys(PARTS)) {
    const others = ['ui', ...shellOf(part)].flatMap((each) => Object.keys(catalogue(each, 'en')));
    expect(Object.keys(catalogue(part, 'en')).filter((key) => others.includes(key))).toEqual([]);
  }
  const staff = Object.keys(PARTS).filter((part) => shellOf(part).includes('app'));
  const keys = staff.flatMap((part) => Object.keys(catalogue(part, 'en')));
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
