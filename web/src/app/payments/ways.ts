import type { Schema } from '$lib/api/types';
import { date, i18n } from '$lib/i18n/index.svelte';
import { money } from '$lib/money';
import type { Tone } from '../tone';

type Payment = Schema<'PaymentView'>;
export type Way = Payment['way'];

/** How one pays: at the desk, and everywhere. */
export const TAKEN = ['cash', 'terminal', 'other'] as const;
export const WAYS: readonly Way[] = ['card', ...TAKEN];

/** How a payment stands, at a glance. */
export function markOf({ state, amount_minor, refunded_minor }: Payment): { glyph: string; tone: Tone } {
  if (state === 'over') return { glyph: '–', tone: 'off' };
  if (state !== 'paid') return { glyph: '○', tone: 'wait' };
  if (refunded_minor === 0) return { glyph: '✓', tone: 'good' };
  return refunded_minor < amount_minor ? { glyph: '◐', tone: 'warn' } : { glyph: '↩', tone: 'off' };
}

export const sum = (minor: number, currency: string): string => money(minor, currency, i18n.tag);

/** A moment on a place's clock. */
export const moment = (at: string, zone: string): string => date(at, { dateStyle: 'medium', timeStyle: 'short' }, zone);
