import { i18n, t } from '$lib/i18n/index.svelte';
import { lists } from '$lib/intl';
import { lasting } from '$lib/wait';
import type { Entry, Wait } from './line';

/** What somebody wants, in one line. */
export function wishOf(entry: Pick<Entry, 'services' | 'party'>): string {
  const services = lists(i18n.tag, { type: 'unit' }).format(entry.services.map(({ name }) => name));
  return entry.party > 1 ? `${services} · ${t('line.party', { count: entry.party })}` : services;
}

/** How long they will still wait, or nothing if nobody can say. */
export function waitOf(wait: Wait | undefined): string | undefined {
  if (wait?.p50_seconds === undefined || wait.p50_seconds === null) return undefined;
  const minutes = Math.round(wait.p50_seconds / 60);
  return minutes < 1 ? t('line.soon') : t('line.in', { span: lasting(minutes, i18n.tag) });
}

/** How long it is since. */
export function since(moment: string | null | undefined, now: number): string {
  return moment ? lasting(Math.max(0, (now - Date.parse(moment)) / 60_000), i18n.tag) : '';
}
