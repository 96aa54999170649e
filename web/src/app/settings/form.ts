import type { TenantView } from '$lib/api/types';

export const NAMES = ['name', 'slug', 'locale', 'time_zone', 'currency'] as const;
export type Form = Record<(typeof NAMES)[number], string>;

export function formOf({ name, slug, locale, time_zone, currency }: Form): Form {
  return { name, slug, locale, time_zone, currency };
}

/** What stands in the fields once the business is another than it was: what was typed stays, all else follows. */
export function carriedOver(form: Form, was: Form, now: Form): Form {
  const next = formOf(now);
  for (const name of NAMES) if (form[name] !== was[name]) next[name] = form[name];
  return next;
}

/** Only what changed: somebody else's change of another field stands. */
export function changesOf(form: Form, tenant: Pick<TenantView, keyof Form>): Partial<Form> {
  return Object.fromEntries(NAMES.filter((name) => form[name] !== tenant[name]).map((name) => [name, form[name]]));
}
