// A visit that comes again: what is asked for, and what somebody does about each time that can't be had.
import type { Schema } from '$lib/api/types';

export type Every = 'week' | 'fortnight' | 'fourWeeks' | 'month';
export type Remedy = { skip: true } | { start: string };
export type Remedies = Map<number, Remedy>;

const PATTERNS: Record<Every, { every: Schema<'SeriesUnit'>; step: number }> = {
  week: { every: 'week', step: 1 },
  fortnight: { every: 'week', step: 2 },
  fourWeeks: { every: 'week', step: 4 },
  month: { every: 'month', step: 1 },
};

export function repeated(every: Every, count: number, remedies: Remedies): Schema<'RepeatInput'> {
  const all = [...remedies].sort(([one], [other]) => one - other);
  return {
    ...PATTERNS[every],
    count,
    skip: all.flatMap(([place, remedy]) => ('skip' in remedy ? [place] : [])),
    shift: all.flatMap(([place, remedy]) => ('start' in remedy ? [{ place, start: remedy.start }] : [])),
  };
}

type Occurrence = Schema<'OccurrenceView'>;

/** The later ones that stand in nobody's way, and those that need a word. */
export function sorted(occurrences: Occurrence[]): { later: Occurrence[]; open: Occurrence[] } {
  const later = occurrences.filter(({ place }) => place > 1);
  return { later, open: later.filter(({ possible, skipped }) => !possible && !skipped) };
}
