// How disputes, payouts and both books stand, at a glance.
import type { Schema } from '$lib/api/types';
import type { Tone } from '../tone';

interface Sign {
  tone: Tone;
  glyph: string;
}
type Check = Schema<'BookCheckView'>;

export const DISPUTES: Record<Schema<'DisputeStateView'>, Sign> = {
  inquiry: { tone: 'warn', glyph: '?' },
  needs_response: { tone: 'bad', glyph: '!' },
  under_review: { tone: 'wait', glyph: '○' },
  won: { tone: 'good', glyph: '✓' },
  lost: { tone: 'off', glyph: '–' },
  closed: { tone: 'off', glyph: '✓' },
};

export const PAYOUTS: Record<Schema<'PayoutStateView'>, Sign> = {
  pending: { tone: 'wait', glyph: '○' },
  in_transit: { tone: 'wait', glyph: '→' },
  paid: { tone: 'good', glyph: '✓' },
  failed: { tone: 'bad', glyph: '!' },
  cancelled: { tone: 'off', glyph: '–' },
};

/** How both books of a day stand: what was never ours isn't amiss. */
export function standOf({ amiss, complete }: Pick<Check, 'amiss' | 'complete'>): Sign {
  if (amiss > 0) return { tone: 'bad', glyph: '!' };
  return complete ? { tone: 'good', glyph: '✓' } : { tone: 'wait', glyph: '○' };
}

/** The day before, by the provider's clock: the latest one that is over. */
export function yesterday(now: Date): string {
  return new Date(now.getTime() - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}
