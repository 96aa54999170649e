// What a plan that stands so means for whoever looks at it: what is said of it, what can be done, how long one waits.
import type { Schema } from '$lib/api/types';
import type { Tone } from '../tone';

export type OwnPlan = Schema<'OwnPlanView'>;
export type Standing = OwnPlan['standing'];
export type Offer = OwnPlan['plans'][number];

export const STANDINGS: Record<Standing, { glyph: string; tone: Tone }> = {
  free: { glyph: '✓', tone: 'good' },
  trial: { glyph: '◐', tone: 'wait' },
  trial_over: { glyph: '!', tone: 'warn' },
  paid: { glyph: '✓', tone: 'good' },
  ending: { glyph: '◐', tone: 'warn' },
  past_due: { glyph: '!', tone: 'warn' },
  read_only: { glyph: '!', tone: 'bad' },
};

const DAY = 86_400_000;
/** So long before its end a trial is spoken of on every page. */
const SOON = 3 * DAY;
/** A trial that is nearly over isn't waited for any more: whoever takes a plan pays at once. */
const WORTH_WAITING = 49 * 3_600_000;

export type Told = 'trial' | 'trial_over' | 'past_due' | 'read_only';

/** What is told of the plan on every page, if anything has to be. */
export function toldOf({ standing, at }: Pick<OwnPlan, 'standing' | 'at'>, now: number): Told | undefined {
  switch (standing) {
    case 'trial':
      return at && Date.parse(at) - now <= SOON ? standing : undefined;
    case 'trial_over':
    case 'past_due':
    case 'read_only':
      return standing;
    default:
      return undefined;
  }
}

/** How full something is. */
export interface Fill {
  /** Of a hundred, as a bar has it. */
  share: number;
  state: 'room' | 'full' | 'over';
}

export function fillOf({ used, limit }: OwnPlan['staff']): Fill {
  const share = limit > 0 ? Math.min(100, Math.round((used / limit) * 100)) : used > 0 ? 100 : 0;
  return { share, state: used > limit ? 'over' : used === limit ? 'full' : 'room' };
}

/** What can be done with a plan that is offered. */
export type Deed = 'current' | 'small' | 'take' | 'change';

export function deedOf({ plan, subscribed }: Pick<OwnPlan, 'plan' | 'subscribed'>, { key, fits }: Pick<Offer, 'key' | 'fits'>): Deed {
  // Whoever was given a plan, or doesn't pay for it any more, can take the same.
  if (subscribed && key === plan) return 'current';
  if (!fits) return 'small';
  return subscribed ? 'change' : 'take';
}

/** Until when nothing is taken of whoever takes a plan now; undefined: the first month is paid at once. */
export function freeUntil({ standing, at }: Pick<OwnPlan, 'standing' | 'at'>, now: number): string | undefined {
  return standing === 'trial' && at && Date.parse(at) > now + WORTH_WAITING ? at : undefined;
}

/** Seconds before each further look: most payments are there at once. */
const PAUSES = [1, 2, 4, 7];

/** Whether there is nothing to wait for, for whoever comes back from the provider's pages. */
export function isSettled(plan: Pick<OwnPlan, 'standing'> | undefined): boolean {
  return plan?.standing === 'paid' || plan?.standing === 'ending';
}

/** How many milliseconds after so many looks the next one comes; undefined once there is no use in another. */
export function pauseAfter(plan: Pick<OwnPlan, 'standing'> | undefined, looks: number): number | undefined {
  const pause = isSettled(plan) ? undefined : PAUSES[looks - 1];
  return pause && pause * 1000;
}
