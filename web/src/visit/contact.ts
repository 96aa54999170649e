import type { Schema } from '$lib/api/types';
import type { MessageKey } from '$lib/i18n/index.svelte';

export type Contact = { name: string; email: string; phone: string };
type Asked = Pick<Schema<'AsksView'>, 'email' | 'phone'>;

/** Whether it may be an address. */
export const isAddress = (email: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email);

/** What is missing, or can't be meant. Anything finer is for the server to say. */
export function amiss(who: Contact, asks: Asked): Partial<Record<keyof Contact, MessageKey>> {
  const faults: Partial<Record<keyof Contact, MessageKey>> = {};
  const email = who.email.trim();
  const phone = who.phone.trim();
  if (!who.name.trim()) faults.name = 'who.name.missing';
  if (asks.email !== 'hidden') {
    if (!email && asks.email === 'required') faults.email = 'email.missing';
    if (email && !isAddress(email)) faults.email = 'who.email.wrong';
  }
  if (asks.phone !== 'hidden') {
    if (!phone && asks.phone === 'required') faults.phone = 'who.phone.missing';
    if (phone && phone.replace(/\D/g, '').length < 6) faults.phone = 'who.phone.wrong';
  }
  return faults;
}
