// Free times, as days with an openness and as the parts of a day. Everything is on the shop's clock: the
// server says each start in its local time, too, so that no zone has to be reckoned with here.
import { minutesOf } from '$lib/time';
import type { Schema } from '$lib/api/types';

export type Slot = Schema<'SlotView'>;
export type Day = {
  date: string;
  slots: Slot[];
  /** How open it is, next to the most open of the days: from 0 to 4. */
  open: number;
  /** Whether the door stays shut. */
  closed: boolean;
};
export type PartOfDay = 'morning' | 'afternoon' | 'evening';

export function later(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

/** How many days lie between two. */
export function between(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** So many days from the first on, each with its free times. */
export function byDay(slots: Slot[], first: string, count: number, isOpen?: (date: string) => boolean): Day[] {
  const found = new Map<string, Slot[]>();
  for (const slot of slots) {
    const date = slot.local.slice(0, 10);
    found.set(date, [...(found.get(date) ?? []), slot]);
  }
  const most = Math.max(1, ...[...found.values()].map((each) => each.length));
  return Array.from({ length: count }, (_, at) => {
    const date = later(first, at);
    const own = found.get(date) ?? [];
    const closed = own.length === 0 && isOpen !== undefined && !isOpen(date);
    return { date, slots: own, open: Math.ceil((own.length / most) * 4), closed };
  });
}

/** Minutes since the midnight of the shop's day. */
export function minutes(slot: Slot): number {
  return minutesOf(slot.local.slice(11, 16));
}

function partOf(at: number): PartOfDay {
  if (at < 12 * 60) return 'morning';
  return at < 17 * 60 ? 'afternoon' : 'evening';
}

/** The times of a day, by the part of it: only those that there are. */
export function byPart(slots: Slot[]): { part: PartOfDay; slots: Slot[] }[] {
  const parts: PartOfDay[] = ['morning', 'afternoon', 'evening'];
  return parts
    .map((part) => ({ part, slots: slots.filter((slot) => partOf(minutes(slot)) === part) }))
    .filter((each) => each.slots.length > 0);
}
