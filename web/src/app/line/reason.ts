import type { Fault } from '$lib/api/fault';
import { date, maybe } from '$lib/i18n/index.svelte';
import { sentence } from '$lib/ui/sentence';

/** Why something was refused, in words about a line. */
export function reason(fault: Fault): string {
  return maybe(`line.refused.${fault.code}`) ?? sentence(fault);
}

/** Whom nobody has time for: the first of them, and until when there is some. */
export interface TooLong {
  id: string;
  code: string;
  until: string | undefined;
}

/** What `nobody_fits` says besides. */
export function tooLong(fault: Fault | undefined, zone: string): TooLong | undefined {
  if (fault?.code !== 'nobody_fits') return undefined;
  const { first, free_until } = (fault.particulars ?? {}) as {
    first?: { id?: string; code?: string };
    free_until?: string | null;
  };
  if (!first?.id || !first.code) return undefined;
  return { id: first.id, code: first.code, until: free_until ? date(free_until, { timeStyle: 'short' }, zone) : undefined };
}
