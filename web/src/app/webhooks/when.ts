import { date, maybe } from '$lib/i18n/index.svelte';
import { desk } from '../desk.svelte';

export const zone = (): string => desk.tenant?.time_zone ?? 'UTC';

/** A moment on the shop's clock. */
export const moment = (at: string): string => date(at, { dateStyle: 'medium', timeStyle: 'medium' }, zone());

/** The name of a type of event; of one that came since, what the server calls it. */
export const typeName = (type: string): string => maybe(`event.${type}`) ?? type;
