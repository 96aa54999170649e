// Who waits for what, and which of the free times would suit them.
import type { Schema } from '$lib/api/types';
import { minutesOf } from '$lib/time';

export type Waiting = Schema<'WaitlistEntryView'>;
export type WaitState = Schema<'WaitState'>;
export type Slot = Schema<'SlotView'>;

/** How the list is looked at: who still waits, or one way in which waiting ends. */
export const VIEWS = ['now', 'booked', 'left', 'over'] as const;
export type View = (typeof VIEWS)[number];

export interface Filter {
  service: string;
  staff: string;
  /** A day on which they would come. */
  day: string;
}

/** The times of day that have a name, as customers choose them, too. */
export const TIMES = {
  any: ['00:00', '24:00'],
  morning: ['00:00', '12:00'],
  afternoon: ['12:00', '17:00'],
  evening: ['17:00', '24:00'],
} as const;
export type TimeOfDay = keyof typeof TIMES | 'own';

export const OF_WHOM = ['/name', '/phone', '/email'];
const FIELDS = ['/note', '/first_day', '/last_day', '/earliest', '/latest'];

/** The fields that can show what is wrong with them: of somebody who is known, their address has none. */
export const fieldsOf = (known: boolean): string[] => [...(known ? [] : OF_WHOM), ...FIELDS];

/** Up to so many days are waited for. */
export const MOST_DAYS = 62;

type Asked = Pick<Waiting, 'wanted'>;

/** By whom, each once; nobody: by anybody. */
export function handsOf({ wanted }: Asked): string[] {
  const named = wanted.services.flatMap(({ staff, second_staff }) => [staff, second_staff]);
  return [...new Set([...wanted.staff, ...named])].filter((id) => id !== undefined && id !== null);
}

export function suits(entry: Waiting, { service, staff, day }: Filter): boolean {
  const hands = handsOf(entry);
  return (
    (!service || entry.wanted.services.some((each) => each.service === service)) &&
    // Who wants anybody would take this one, too.
    (!staff || hands.length === 0 || hands.includes(staff)) &&
    (!day || (entry.first_day <= day && day <= entry.last_day))
  );
}

/** What they wait for, as free times are asked for. */
export function queryOf({ wanted }: Asked): { services?: string; package?: string; party: number; staff?: string } {
  const one = ({ service, addons, staff, second_staff }: Schema<'WaitedServiceView'>) => {
    const hands = second_staff ? `@${staff ?? ''}@${second_staff}` : staff ? `@${staff}` : '';
    return [service, ...addons].join(':') + hands;
  };
  return {
    ...(wanted.package ? { package: wanted.package } : { services: wanted.services.map(one).join(',') }),
    party: wanted.party,
    ...(wanted.staff.length > 0 && { staff: wanted.staff.join(',') }),
  };
}

/** Whether a time begins when they could come. */
export function inTime({ earliest, latest }: Pick<Waiting, 'earliest' | 'latest'>, { local }: Pick<Slot, 'local'>): boolean {
  const minute = minutesOf(local.slice(11, 16));
  return minutesOf(earliest) <= minute && minute <= minutesOf(latest);
}

export interface FreeDay {
  day: string;
  slots: Slot[];
}

/** Free times day by day. */
export function byDay(slots: readonly Slot[]): FreeDay[] {
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const day = slot.local.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return [...days].map(([day, slots]) => ({ day, slots }));
}

/** Time was kept for them, and ran out: it goes back in a moment. */
export function ranOut({ state, offer }: Waiting, now: number): boolean {
  return state === 'offered' && (!offer || Date.parse(offer.expires_at) <= now);
}

/** For how many minutes it is still kept, none less than one. */
export function minutesLeft(expires: string, now: number): number {
  return Math.max(1, Math.ceil((Date.parse(expires) - now) / 60_000));
}

/** The place in the line of those who wait, from 1 on: who has an offer has been asked already. */
export function places(entries: readonly Waiting[]): Map<string, number> {
  return new Map(entries.filter(({ state }) => state === 'waiting').map(({ id }, at) => [id, at + 1]));
}
