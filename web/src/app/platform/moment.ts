import { date } from '$lib/i18n/index.svelte';

// The deployment has no shop and so no shop's clock: its moments are told in universal time, and say so.

export const moment = (at: string): string =>
  date(at, { dateStyle: 'medium', timeStyle: 'medium' }, 'UTC') + ' UTC';

export const day = (at: string): string => date(at, { dateStyle: 'medium' }, 'UTC');
