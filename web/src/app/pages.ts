import type { Component } from 'svelte';
import type { MessageKey, PartName } from '$lib/i18n/index.svelte';

type Load = () => Promise<{ default: Component<Record<string, never>> }>;

/** Under which heading a page stands in the menu, in the order of the menu. */
export const GROUPS = ['desk', 'shop', 'reach', 'house', 'platform'] as const;
export type Group = (typeof GROUPS)[number];

export interface Page {
  /** A segment `:id` stands for anything; the page finds it in `here.params`. */
  path: string;
  load: Load;
  /** One of these is needed to see the page; none means that everybody may. */
  needs: readonly string[];
  /** For whoever looks after the deployment, in whichever business they are, or in none. */
  platform?: true;
  /** It is about the login itself: one needs to be in no business. */
  anywhere?: true;
  /** The catalogues that it needs besides the shell's own. */
  words?: readonly PartName[];
  /** Its place in the menu: pages stand in the order of these numbers. */
  nav?: { text: MessageKey; icon: string; group: Group; order: number };
  /** The page of the menu that this one belongs to, where it isn't in the menu itself. */
  under?: string;
}

// Each noun's folder says which pages it has.
const found = import.meta.glob<{ pages: readonly Page[] }>('./*/pages.ts', { eager: true });

export const PAGES: readonly Page[] = Object.values(found)
  .flatMap(({ pages }) => pages)
  .sort((a, b) => rank(a) - rank(b));

function rank({ nav }: Page): number {
  return nav ? GROUPS.indexOf(nav.group) * 1000 + nav.order : Infinity;
}

export interface Found {
  page: Page;
  params: Record<string, string>;
}

/** The page at a path, and what stands there for its segments. */
export function pageAt(path: string): Found | undefined {
  const clean = path.replace(/\/+$/, '') || '/app';
  const wanted = (clean === '/app/today' ? '/app' : clean).split('/');
  for (const page of PAGES) {
    const params = match(page.path.split('/'), wanted);
    if (params) return { page, params };
  }
  return undefined;
}

function match(pattern: string[], wanted: string[]): Record<string, string> | undefined {
  if (pattern.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of pattern.entries()) {
    const given = wanted[at] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(given);
    else if (segment !== given) return undefined;
  }
  return params;
}
