// How something that was sold ahead stands, at a glance.
import type { Schema } from '$lib/api/types';
import type { Tone } from '../tone';

export type State = Schema<'SoldStateView'>;
export const STATES = ['active', 'used', 'expired', 'refunded'] as const satisfies readonly State[];

const MARKS: Record<State, { glyph: string; tone: Tone }> = {
  active: { glyph: '✓', tone: 'good' },
  used: { glyph: '●', tone: 'off' },
  expired: { glyph: '–', tone: 'warn' },
  refunded: { glyph: '↩', tone: 'off' },
};

/** What is begun is told from what is whole. */
export function markOf(state: State, left: number, whole: number): { glyph: string; tone: Tone } {
  return state === 'active' && left < whole ? { glyph: '◐', tone: 'good' } : MARKS[state];
}

type Membership = Pick<Schema<'SoldMembershipView'>, 'id' | 'plan' | 'starts_on' | 'ends_on' | 'cancelled_at'>;
export type Standing = 'now' | 'later' | 'over' | 'ended';

/** Where a membership stands on a day: it ends the day before `ends_on`. */
export function standingOf({ cancelled_at, starts_on, ends_on }: Omit<Membership, 'id' | 'plan'>, today: string): Standing {
  if (cancelled_at) return 'ended';
  if (ends_on <= today) return 'over';
  return starts_on > today ? 'later' : 'now';
}

/** Whether it is the last one of its plan, so that another period can follow. */
export function renewable(one: Membership, all: readonly Membership[]): boolean {
  if (one.cancelled_at) return false;
  return !all.some((each) => each.id !== one.id && each.plan === one.plan && !each.cancelled_at && each.starts_on >= one.ends_on);
}

export const MEMBERSHIP_MARKS: Record<Standing, { glyph: string; tone: Tone }> = {
  now: { glyph: '✓', tone: 'good' },
  later: { glyph: '○', tone: 'wait' },
  over: { glyph: '–', tone: 'off' },
  ended: { glyph: '↩', tone: 'off' },
};
