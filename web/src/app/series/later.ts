// One visit of a series and the later ones: which of them something can be done to, and where they go.
import type { Schema } from '$lib/api/types';
import { clockOf, dateOf, momentAt, spanOf } from '../day/days';
import { deedsFor } from '../day/visits';

type Visit = Schema<'VisitView'>;
export type Deed = 'move' | 'cancel';

const place = ({ series_place }: Pick<Visit, 'series_place'>) => series_place ?? 0;

/** This visit and the later ones that this can be done to, by their places. */
export function fromOn<V extends Pick<Visit, 'series_place' | 'status'>>(visits: readonly V[], from: V, deed: Deed): V[] {
  return visits
    .filter((visit) => place(visit) >= place(from) && deedsFor(visit, () => true).includes(deed))
    .sort((one, other) => place(one) - place(other));
}

/** "3 of 8": which one it is among those that were ever booked. */
export function rankOf(visits: readonly Pick<Visit, 'id' | 'series_place'>[], id: string): number {
  const ranked = [...visits].sort((one, other) => place(one) - place(other));
  return ranked.findIndex((visit) => visit.id === id) + 1;
}

/** What the clock on the wall shows, as if it were UTC. */
const wall = (moment: string | Date, zone: string) => Date.parse(`${dateOf(moment, zone)}T${clockOf(moment, zone)}Z`);

/** By how much a move changes what the clock shows, in milliseconds. */
export function clockShift(from: string, to: string, zone: string): number {
  return wall(to, zone) - wall(from, zone);
}

/** The moment at which the clock shows so much more. */
export function clockLater(moment: string, shift: number, zone: string): string {
  const [day = '', time = ''] = new Date(wall(moment, zone) + shift).toISOString().split('T');
  return (momentAt(spanOf(day, zone), time) ?? new Date(moment)).toISOString();
}

/** A time that stands in the way of a move of several. */
export interface Conflict {
  place: number;
  start: string | null;
  local: string;
  reasons: string[];
  alternatives: { start: string; end: string }[];
}

/** If the move is changed so that one conflict goes to a time that is near it: where the first visit goes then. */
export function insteadOf(conflict: Conflict, near: string, start: string, zone: string): string {
  return clockLater(start, wall(near, zone) - Date.parse(`${conflict.local}Z`), zone);
}
