import type { Schema } from '$lib/api/types';

type View = Schema<'PublicBoardView'>;
export type Shown = Schema<'PublicBoardEntryView'>;

/** What a screen shows, in the order in which people look for it. */
export interface Rows {
  called: Shown[];
  serving: Shown[];
  next: Shown[];
}

export function rowsOf({ entries }: Pick<View, 'entries'>): Rows {
  const at = (state: string) => entries.filter((entry) => entry.state === state);
  return { called: at('called'), serving: at('serving'), next: at('waiting') };
}

/** Where somebody goes: the chair, and who stands there. */
export function where({ chair, staff }: Pick<Shown, 'chair' | 'staff'>): string {
  return [chair, staff].filter(Boolean).join(' · ');
}

/** The page that a turn shows of what doesn't fit at once. */
export function pageOf<T>(list: readonly T[], fits: number, turn: number): { shown: T[]; page: number; pages: number } {
  const size = Math.max(1, Math.floor(fits));
  const pages = Math.max(1, Math.ceil(list.length / size));
  const page = turn % pages;
  return { shown: list.slice(page * size, (page + 1) * size), page, pages };
}

/** A new release is loaded while nobody looks: nobody is called, and at night in any case. */
export function isCalm(view: View | undefined, hour: number): boolean {
  return !view || (hour >= 3 && hour < 5) || !view.entries.some(({ state }) => state === 'called');
}
