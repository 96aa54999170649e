// How a series and its times are told: on the shop's clock, in the reader's language.
import type { Schema } from '$lib/api/types';
import { date, maybe, t } from '$lib/i18n/index.svelte';

const WHEN: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' };

export function whenText(moment: string | Date, zone: string): string {
  return date(moment, WHEN, zone);
}

/** A time of the clock of the place ("2026-03-08T09:30"), which may be one that no clock shows. */
export function localText(local: string): string {
  return date(`${local}Z`, WHEN, 'UTC');
}

/** A time near another one: its day is only said where it is another. */
export function nearText(local: string, other: string): string {
  if (local.slice(0, 10) !== other.slice(0, 10)) return localText(local);
  return date(`${local}Z`, { hour: 'numeric', minute: '2-digit' }, 'UTC');
}

export function rhythmText({ every, step }: { every: Schema<'SeriesUnit'>; step: number }): string {
  return t(`series.every.${every}`, { count: step });
}

/** Why a time can't be had, as far as the code is known here; each only once. */
export function reasonTexts(reasons: readonly string[]): string[] {
  const texts = reasons.map((code) => maybe(`series.why.${code}`) ?? t('series.why.other'));
  return [...new Set(texts)];
}
