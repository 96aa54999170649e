// What the service worker does with what is asked for, and what it keeps. It never sees an answer of the API:
// those go past it (docs/adr/0017-offline-day.md).

/** The page under which every address of the staff pages is shown. */
export const SHELL = '/app';
const CACHE = 'openchair-app-';

export type Plan = 'page' | 'asset' | 'none';

/** What to do with a request. The scope is an address's beginning, and shops' pages may begin alike: /apple
 *  is nobody's business here. */
export function planFor(request: { method: string; mode: string; url: string }, origin: string): Plan {
  const { origin: theirs, pathname } = new URL(request.url);
  if (request.method !== 'GET' || theirs !== origin) return 'none';
  if (request.mode === 'navigate') return pathname === SHELL || pathname.startsWith(`${SHELL}/`) ? 'page' : 'none';
  return pathname.startsWith('/assets/') ? 'asset' : 'none';
}

export const cacheOf = (build: string): string => CACHE + build;

/** The caches that nobody needs any more. The build before this one stays: pages of it may still be open, and
 *  ask for parts of it that no server has. `names` are in the order in which they were made. */
export function outlived(names: readonly string[], build: string): string[] {
  const others = names.filter((name) => name.startsWith(CACHE) && name !== cacheOf(build));
  return others.slice(0, -1);
}

/** Which language a file has the words of. */
export function languageOf(path: string): string | undefined {
  return /\/assets\/words-\w+-(en|es|fr|de|ar)-[\w-]{8}\.js$/.exec(path)?.[1];
}

/** What of a build is kept: all of it, but words only in the languages that are spoken here. */
export function wanted(files: readonly string[], languages: readonly string[]): string[] {
  return files.filter((file) => {
    const language = languageOf(file);
    return language === undefined || languages.includes(language);
  });
}

/** The languages that were spoken here before. */
export function spoken(kept: readonly string[]): string[] {
  return [...new Set(kept.map(languageOf).filter((language) => language !== undefined))];
}

/** Whether a page is of this build: while servers are replaced, one may still answer with another. */
export function isOf(files: readonly string[], html: string): boolean {
  const parts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? '');
  return parts.length > 0 && parts.every((path) => files.includes(path));
}
