import type { Schema } from '$lib/api/types';
import type { Sign } from '../tone';

export type State = Schema<'JobState'>;
type Kind = Schema<'JobKindView'>;

export const SIGNS: Record<State, Sign> = {
  dead: { tone: 'bad', glyph: '!' },
  waiting: { tone: 'off', glyph: '○' },
  running: { tone: 'on', glyph: '◐' },
  done: { tone: 'good', glyph: '✓' },
};
export const STATES = Object.keys(SIGNS) as State[];

/** What stands in the address, if it is one of the states; the dead ones otherwise. */
export function stateOf(given: string | null): State {
  return STATES.find((each) => each === given) ?? 'dead';
}

/** How a kind is at a glance: what failed for good comes first, then what is late. */
export function kindSign({ dead, due, running }: Pick<Kind, 'dead' | 'due' | 'running'>): Sign {
  if (dead > 0) return SIGNS.dead;
  if (running > 0 || due > 0) return SIGNS.running;
  return SIGNS.waiting;
}

/** A tenant's id as somebody pastes it, or nothing if it is none. */
export function tenantOf(given: string): string | undefined {
  const id = given.trim();
  return /^ten_[0-9a-hjkmnp-tv-z]{26}$/.test(id) ? id : undefined;
}

/** Counts stop at ten thousand. */
export const MANY = 10_000;
