// Why something that was done to a visit can't be: looked up, and told, once that is so.
import { api, ask } from '$lib/api/client';
import type { Fault } from '$lib/api/fault';
import { maybe, t } from '$lib/i18n/index.svelte';
import { askedFor } from './asked';
import { nameOfVisit, type Aim, type Reason } from './deeds.svelte';
import type { Visit } from './visits';

/** What happened to a visit since it was looked at. */
export function meanwhile(visit: Visit, fault: Fault): string {
  const { changes = [] } = (fault.particulars ?? {}) as { changes?: { action: string; by: string }[] };
  const last = changes.at(-1);
  const what = last && maybe(`visit.history.${last.action}`);
  return last && what
    ? t('visit.stale', { name: nameOfVisit(visit), by: last.by, what })
    : t('visit.stale.somehow', { name: nameOfVisit(visit) });
}

/** Why a visit can't be there, with names. */
export async function whyNot(visit: Visit, { start, staff, room, location }: Aim): Promise<Reason[]> {
  const query = {
    ...askedFor(visit, !staff),
    ...(staff && staff.length > 0 && { staff: staff.join(',') }),
    ...(room && { room }),
    location: location ?? visit.location,
    start,
    instead_of: visit.id,
  };
  return (await ask(api.GET('/v1/availability/why', { params: { query } }))).reasons;
}

/** A reason as a sentence. `whose` names the visit in the way, if it is known here. */
export function reasonText(reason: Reason, whose: (id: string) => string | undefined): string {
  const who = reason.staff_name ?? reason.room_name ?? '';
  const other = reason.appointment ? whose(reason.appointment) : undefined;
  const known = other ? maybe(`visit.why.${reason.code}.with`, { name: who, other }) : undefined;
  return known ?? maybe(`visit.why.${reason.code}`, { name: who }) ?? t('visit.why.other');
}
