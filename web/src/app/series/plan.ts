// How a visit comes again, as somebody at the desk says it, and as the API wants to hear it.
import type { Schema } from '$lib/api/types';
import { mended, type Remedies } from '$lib/series';

export type Unit = Schema<'SeriesUnit'>;

/** What the fields hold. */
export interface Plan {
  every: Unit;
  step: string;
  ends: 'count' | 'until';
  count: string;
  until: string;
}

/** One visit, as it would be booked alone. */
export interface One {
  location: string;
  start: string;
  wanted: Schema<'WantedInput'>;
  customer?: Schema<'WhomInput'>;
  room?: string;
  note?: string;
  staff_note?: string;
}

export const MOST = 52;

function whole(text: string, from: number): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isInteger(value) && value >= from && value <= MOST ? value : undefined;
}

/** What is wrong with a field, by its name. */
export type Wrong = Partial<Record<'step' | 'count' | 'until', true>>;

/** What is wrong in the fields; `first` is the day of the first visit. */
export function wrongIn({ step, ends, count, until }: Plan, first: string): Wrong {
  return {
    ...(whole(step, 1) === undefined && { step: true }),
    ...(ends === 'count' && whole(count, 2) === undefined && { count: true }),
    ...(ends === 'until' && !(until > first) && { until: true }),
  };
}

/** The body of the call. What only single visits have stays out: notes are written afterwards. */
export function seriesOf(one: One, plan: Plan, remedies: Remedies): Schema<'NewSeriesInput'> {
  const { location, start, wanted, customer, room } = one;
  const count = Number(plan.count);
  const within = plan.ends === 'count' ? new Map([...remedies].filter(([place]) => place <= count)) : remedies;
  return {
    location,
    start,
    wanted,
    ...(customer && { customer }),
    ...(room && { room }),
    every: plan.every,
    step: Number(plan.step),
    ...(plan.ends === 'count' ? { count } : { until: plan.until }),
    ...mended(within),
    preview: false,
  };
}

/** What decides where the visits of a series lie: another answer to it, and no remedy fits any more. */
export function shapeOf(one: One, { every, step, ends, until }: Plan): string {
  const { location, start, wanted, room } = one;
  return JSON.stringify([location, start, wanted, room, every, step, ends, ends === 'until' && until]);
}
