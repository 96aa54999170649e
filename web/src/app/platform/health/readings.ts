import type { Schema } from '$lib/api/types';
import { numbers } from '$lib/intl';
import type { Sign } from '../tone';

export type Reading = Schema<'HealthReading'>;
export type Condition = Reading['condition'];

/** How a reading is. A share that is too high of too few says nothing yet. */
export type Stand = 'well' | 'few' | 'bad';

export const STANDS: Record<Stand, Sign> = {
  well: { tone: 'good', glyph: '✓' },
  few: { tone: 'warn', glyph: '◐' },
  bad: { tone: 'bad', glyph: '!' },
};

export function standOf({ value, threshold, bad }: Pick<Reading, 'value' | 'threshold' | 'bad'>): Stand {
  if (bad) return 'bad';
  return value >= threshold && value > 0 ? 'few' : 'well';
}

/** How much of the way to bad it has gone, from 0 to 1. */
export function share(value: number, threshold: number): number {
  if (threshold <= 0) return value > 0 ? 1 : 0;
  return Math.min(1, Math.max(0, value / threshold));
}

const PERCENT: readonly Condition[] = ['error_rate', 'message_failures', 'webhook_failures'];

/** A value of a condition as people read it: a share, a time, or how many. */
export function figure(condition: Condition, value: number, locale: string): string {
  if (PERCENT.includes(condition)) {
    const digits = value < 10 ? 1 : 0;
    return numbers(locale, { style: 'percent', maximumFractionDigits: digits }).format(value / 100);
  }
  if (condition === 'job_lag') return lasting(value, locale);
  return numbers(locale, { maximumFractionDigits: 0 }).format(value);
}

const LENGTHS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "45 seconds", "12 minutes": the coarsest unit that tells it well enough. */
export function lasting(seconds: number, locale: string): string {
  // Ninety seconds say more than a minute does.
  const [unit, size] = LENGTHS.find(([, size]) => seconds >= size * 2) ?? LENGTHS[3];
  const value = Math.round(seconds / size);
  return numbers(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** How much room something takes. */
export function room(bytes: number, locale: string): string {
  let [value, at] = [bytes, 0];
  while (value >= 1000 && at < SIZES.length - 1) [value, at] = [value / 1000, at + 1];
  const maximumFractionDigits = value < 10 && at > 0 ? 1 : 0;
  const unitDisplay = at === 0 ? 'long' : 'short';
  return numbers(locale, { style: 'unit', unit: SIZES[at], unitDisplay, maximumFractionDigits }).format(value);
}
