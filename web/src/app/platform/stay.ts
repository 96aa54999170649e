import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Membership, SupportGrantView } from '$lib/api/types';
import { i18n } from '$lib/i18n/index.svelte';
import { desk } from '../desk.svelte';
import { openUntil } from './grants';
import { RIGHTS } from './rights';

/** A look into a business that let support in: nobody there, but a place like a member's. */
export interface Stay {
  place: Membership;
  until: string;
}

/** Asks in the name of a business where this tab isn't, or isn't yet. */
const inside = (tenant: string) => ({ headers: { 'Openchair-Tenant': tenant } });

/** Until when this administrator is let into a business; undefined while they aren't. */
export async function admittedUntil(tenant: string): Promise<string | undefined> {
  const grants: SupportGrantView[] = [];
  try {
    let cursor: string | undefined;
    do {
      const query = { cursor, limit: 100 };
      const page = await ask(api.GET('/v1/support-grants', { params: { query }, ...inside(tenant) }));
      grants.push(...page.items);
      cursor = page.next_cursor ?? undefined;
      // The newest come first, and none lasts longer than three days.
    } while (cursor && grants.length < 500);
  } catch (error) {
    // Whoever isn't let in is told that the business isn't there.
    if (Fault.from(error).code === 'not_found') return undefined;
    throw error;
  }
  return openUntil(grants, desk.me?.user.name ?? '', Date.now());
}

/** Looks in from now on, in this tab. */
export async function lookIn(tenant: string, until: string): Promise<void> {
  const [{ id, slug, name, kind, hue, locale, time_zone }] = await Promise.all([
    ask(api.GET('/v1/tenant', inside(tenant))),
    i18n.need(['platform']),
  ]);
  const role = { key: 'support', name: 'Support' };
  const place: Membership = {
    id,
    tenant: { id, slug, name, kind, hue, locale, time_zone },
    role,
    permissions: [...RIGHTS],
  };
  desk.lookIn({ place, until });
}

/** Looks in again after the page was loaded anew, unless that is over. */
export async function resume(tenant: string): Promise<void> {
  try {
    const until = await admittedUntil(tenant);
    if (until) return await lookIn(tenant, until);
  } catch (error) {
    if (Fault.from(error).code !== 'not_found') throw error;
  }
  desk.lookIn(undefined);
}

/** Whether one is still let in; whoever isn't is out. */
export async function stillInside(): Promise<boolean> {
  const tenant = desk.stay?.place.tenant.id;
  if (!tenant) return false;
  try {
    await ask(api.GET('/v1/tenant', inside(tenant)));
    return true;
  } catch (error) {
    return Fault.from(error).code !== 'not_found';
  }
}
