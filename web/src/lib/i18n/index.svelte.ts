import { dates, numbers, prepare } from '../intl';
import { device } from '../store';
import { format, parts, type Part, type Vars } from './format';
import type { MessageKey, PartName } from './keys';

export type { MessageKey, PartName } from './keys';

/** The languages that every catalogue is complete in, by their own names. */
export const LANGUAGES = {
  en: 'English',
  es: 'Español',
  fr: 'Français',
  de: 'Deutsch',
  ar: 'العربية',
} as const;

export type Language = keyof typeof LANGUAGES;
type Catalogue = Record<string, string>;
/** A catalogue's file. */
export type File = { default: Catalogue };
/** What `import.meta.glob` finds of a shell's catalogues. */
export type Files = Record<string, () => Promise<File>>;

const REMEMBERED = 'openchair.locale';
const RTL = new Set(['ar']);

function languageOf(tag: string | null | undefined): Language | undefined {
  const base = tag?.toLowerCase().split('-')[0];
  return base && base in LANGUAGES ? (base as Language) : undefined;
}

class I18n {
  /** The full tag (`de-AT`): dates and numbers follow it. */
  tag = $state('en');
  language = $state<Language>('en');
  #messages = $state.raw<Catalogue>({});
  #files: Files = {};
  #parts = new Set<PartName>();
  #turn = 0;
  #started: Promise<void> | undefined;

  get rtl(): boolean {
    return RTL.has(this.language);
  }

  /** Chooses the first wish that a catalogue exists for, and loads these parts of it. */
  async start(files: Files, first: readonly PartName[]): Promise<void> {
    this.#files = files;
    this.#parts = new Set(first);
    const wishes = [remembered(), ...navigator.languages];
    const wish = wishes.find((tag) => languageOf(tag)) ?? 'en';
    prepare(wish);
    await (this.#started = this.use(wish));
  }

  /** Switches the page to a language, without loading it anew. */
  async use(tag: string): Promise<void> {
    const language = languageOf(tag) ?? 'en';
    const turn = (this.#turn += 1);
    const catalogues = await Promise.all([...this.#parts].map((part) => this.#read(part, language)));
    // Whoever wished for another language meanwhile gets that one.
    if (turn !== this.#turn) return;
    this.#messages = Object.assign({}, ...catalogues) as Catalogue;
    this.language = language;
    this.tag = languageOf(tag) ? tag : 'en';
    document.documentElement.lang = this.tag;
    document.documentElement.dir = this.rtl ? 'rtl' : 'ltr';
  }

  /** Knows of more catalogues: those of what most never see. */
  know(files: Files): void {
    Object.assign(this.#files, files);
  }

  /** Loads more parts, for a page that needs them; they follow the language from then on. */
  async need(parts: readonly PartName[]): Promise<void> {
    const missing = parts.filter((part) => !this.#parts.has(part));
    if (missing.length === 0) return;
    // A page that is the first of all knows no language before.
    await this.#started;
    const language = this.language;
    const more = await Promise.all(missing.map((part) => this.#read(part, language)));
    for (const part of missing) this.#parts.add(part);
    // Whoever switched meanwhile wants all of it in the other language.
    if (language !== this.language) return this.use(this.tag);
    this.#messages = Object.assign({}, this.#messages, ...more) as Catalogue;
  }

  async #read(part: PartName, language: Language): Promise<Catalogue> {
    const end = `/messages/${part}/${language}.json`;
    const file = Object.entries(this.#files).find(([path]) => path.endsWith(end));
    return file ? (await file[1]()).default : {};
  }

  /** Switches, and keeps the wish for the next visit on this device. */
  async choose(tag: string): Promise<void> {
    device.set(REMEMBERED, tag);
    await this.use(tag);
  }

  /** Keeps the language that somebody signed up in, whatever their business speaks. */
  keep(): void {
    device.set(REMEMBERED, this.tag);
  }

  /** Follows the signed-in person's language unless this device was told otherwise. */
  async follow(tag: string | null): Promise<void> {
    if (tag && !remembered() && languageOf(tag) && tag !== this.tag) await this.use(tag);
  }

  message(key: string): string | undefined {
    return this.#messages[key];
  }
}

function remembered(): string | null {
  return device.get(REMEMBERED);
}

export const i18n = new I18n();

/** The text of a message in the page's language. */
export function t(key: MessageKey, vars: Vars = {}): string {
  return format(i18n.message(key) ?? key, vars, i18n.tag);
}

/** The text of a message that may not exist (a code the server made up since). */
export function maybe(key: string, vars: Vars = {}): string | undefined {
  const message = i18n.message(key);
  return message === undefined ? undefined : format(message, vars, i18n.tag);
}

/** A message in pieces, so that names can be set apart. */
export function pieces(key: MessageKey, vars: Vars): Part[] {
  return parts(i18n.message(key) ?? key, vars, i18n.tag);
}

export function number(value: number): string {
  return numbers(i18n.tag).format(value);
}

export function date(
  value: string | number | Date,
  options: Intl.DateTimeFormatOptions,
  timeZone?: string,
): string {
  return dates(i18n.tag, { ...options, timeZone }).format(new Date(value));
}

/** "3 minutes ago", "in 6 days": the coarsest unit that still says something. */
export function ago(value: string | number | Date, now = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_536_000],
    ['month', 2_592_000],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const names = new Intl.RelativeTimeFormat(i18n.tag, { numeric: 'auto' });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return names.format(Math.trunc(seconds / size), unit);
  }
  return t('time.now');
}

/** The name of a country, currency or language in the page's language. */
export function nameOf(type: 'region' | 'currency' | 'language', code: string): string {
  try {
    return new Intl.DisplayNames(i18n.tag, { type }).of(code) ?? code;
  } catch {
    return code;
  }
}
