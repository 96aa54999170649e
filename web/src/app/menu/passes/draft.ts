// A kind of pass as a form holds it.
import { amountOf, typed } from '$lib/money';
import type { Schema } from '$lib/api/types';

export type Kind = Schema<'PassKindView'>;

export interface Draft {
  name: string;
  description: string;
  price: string;
  uses: string;
  days: string;
  services: string[];
}

const MOST_USES = 100;
const MOST_DAYS = 3650;

export function draftOf(kind: Kind | undefined, currency: string): Draft {
  if (!kind) return { name: '', description: '', price: '', uses: '10', days: '365', services: [] };
  return {
    name: kind.name,
    description: kind.description,
    price: typed(kind.price_minor, currency),
    uses: String(kind.uses),
    days: String(kind.valid_days),
    services: [...kind.service_ids],
  };
}

/** A count from one on; undefined if that is none. */
export function countTyped(text: string, most: number): number | undefined {
  const plain = text.trim();
  const count = /^\d{1,4}$/.test(plain) ? Number(plain) : 0;
  return count >= 1 && count <= most ? count : undefined;
}

export const usesTyped = (text: string): number | undefined => countTyped(text, MOST_USES);
export const daysTyped = (text: string): number | undefined => countTyped(text, MOST_DAYS);

export function wrong(draft: Draft, currency: string): Record<string, 'name' | 'amount' | 'uses' | 'days' | 'services'> {
  return {
    ...(draft.name.trim() === '' && { '/name': 'name' as const }),
    // What costs nothing isn't sold.
    ...(!amountOf(draft.price, currency) && { '/price_minor': 'amount' as const }),
    ...(usesTyped(draft.uses) === undefined && { '/uses': 'uses' as const }),
    ...(daysTyped(draft.days) === undefined && { '/valid_days': 'days' as const }),
    ...(draft.services.length === 0 && { '/service_ids': 'services' as const }),
  };
}

export function bodyOf(draft: Draft, currency: string): Required<Schema<'NewPassKind'>> {
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    service_ids: draft.services,
    uses: usesTyped(draft.uses) ?? 0,
    price_minor: amountOf(draft.price, currency) ?? 0,
    valid_days: daysTyped(draft.days) ?? 0,
  };
}
