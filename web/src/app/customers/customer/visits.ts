import type { Schema } from '$lib/api/types';
import { shopTime } from '$lib/time';

export type Visit = Schema<'CustomerVisitView'>;

/** How a visit stands, as a shape: nothing is said by colour alone. */
export const GLYPHS: Record<string, string> = {
  pending_approval: '?',
  pending_payment: '?',
  confirmed: '○',
  checked_in: '◐',
  in_service: '●',
  completed: '✓',
  cancelled: '×',
  no_show: '!',
};

const CAME = new Set(['checked_in', 'in_service', 'completed']);
const OVER = new Set(['completed', 'cancelled', 'no_show']);

export interface Story {
  /** Those to come, the next one first. */
  coming: Visit[];
  /** Everything else, the newest first. */
  past: Visit[];
  /** Unknown where not all visits are. */
  first: Visit | undefined;
  last: Visit | undefined;
  came: number;
  noShows: number;
}

/** What a customer's visits tell. `complete` says whether these are all of them. */
export function storyOf(visits: readonly Visit[], now: Date, complete: boolean): Story {
  const newest = [...visits].sort((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at));
  const comes = (visit: Visit) => !OVER.has(visit.status) && Date.parse(visit.ends_at) > now.getTime();
  const came = newest.filter((visit) => CAME.has(visit.status));
  return {
    coming: newest.filter(comes).reverse(),
    past: newest.filter((visit) => !comes(visit)),
    first: complete ? came.at(-1) : undefined,
    last: came[0],
    came: came.length,
    noShows: newest.filter((visit) => visit.status === 'no_show').length,
  };
}

/** The day of a moment on the shop's calendar, as addresses have it. */
export function dayOf(moment: string, zone: string): string {
  const { year, month, day } = shopTime(new Date(moment), zone);
  return [String(year).padStart(4, '0'), ...[month, day].map((each) => String(each).padStart(2, '0'))].join('-');
}
