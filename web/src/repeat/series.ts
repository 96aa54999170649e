// A visit that comes again: what a customer asks for.
import type { Schema } from '$lib/api/types';
import { mended, unsettled, type Remedies } from '$lib/series';

export type { Remedy } from '$lib/series';
export type { Remedies };
export type Every = 'week' | 'fortnight' | 'fourWeeks' | 'month';

const PATTERNS: Record<Every, { every: Schema<'SeriesUnit'>; step: number }> = {
  week: { every: 'week', step: 1 },
  fortnight: { every: 'week', step: 2 },
  fourWeeks: { every: 'week', step: 4 },
  month: { every: 'month', step: 1 },
};

export function repeated(every: Every, count: number, remedies: Remedies): Schema<'RepeatInput'> {
  return { ...PATTERNS[every], count, ...mended(remedies) };
}

type Occurrence = Schema<'OccurrenceView'>;

/** The later ones that stand in nobody's way, and those that need a word. */
export function sorted(occurrences: Occurrence[]): { later: Occurrence[]; open: Occurrence[] } {
  const later = occurrences.filter(({ place }) => place > 1);
  return { later, open: unsettled(later) };
}
