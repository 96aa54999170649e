// What the server says of a time that can't be had: why, and which are free near it.
import type { Fault } from '$lib/api/fault';
import type { MessageKey } from '$lib/i18n/index.svelte';
import { reasonOf } from '../book/why';

export type Near = { start: string; end: string };

const said = (fault: Fault | undefined) => (fault?.particulars ?? {}) as { reasons?: string[]; alternatives?: Near[] };

/** The times that it names instead. */
export const nearOf = (fault: Fault | undefined): Near[] => said(fault).alternatives ?? [];

/** Of a time one says what is otherwise said of a day. */
const THEN: Partial<Record<MessageKey, MessageKey>> = { 'why.closed': 'then.closed', 'why.off': 'then.off' };

/** Why it never was to be had, as a sentence's key. What was taken says so already. */
export function whyNot(fault: Fault): MessageKey | undefined {
  if (fault.code !== 'not_possible') return undefined;
  const reason = reasonOf(said(fault).reasons ?? []);
  return reason === 'why.full' ? undefined : (THEN[reason] ?? reason);
}
