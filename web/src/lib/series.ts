// A visit that comes again: what somebody does about each time that can't be had.
import type { Schema } from '$lib/api/types';

export type Remedy = { skip: true } | { start: string };
/** By the places of the visits, from 1. */
export type Remedies = ReadonlyMap<number, Remedy>;

/** As it is asked for, by place. */
export function mended(remedies: Remedies): { skip: number[]; shift: { place: number; start: string }[] } {
  const all = [...remedies].sort(([one], [other]) => one - other);
  return {
    skip: all.flatMap(([place, remedy]) => ('skip' in remedy ? [place] : [])),
    shift: all.flatMap(([place, remedy]) => ('start' in remedy ? [{ place, start: remedy.start }] : [])),
  };
}

type Occurrence = Schema<'OccurrenceView'>;

/** Those that need a word: neither can they be had, nor are they left out. */
export function unsettled<O extends Pick<Occurrence, 'possible' | 'skipped'>>(occurrences: readonly O[]): O[] {
  return occurrences.filter(({ possible, skipped }) => !possible && !skipped);
}
