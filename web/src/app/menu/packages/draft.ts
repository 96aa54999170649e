// A package as a form holds it.
import { amountOf, typed } from '$lib/money';
import type { Schema } from '$lib/api/types';
import type { Mode } from './plan';

export type Package = Schema<'PackageView'>;

export interface Draft {
  name: string;
  category: string;
  description: string;
  price: string;
  mode: Mode;
  online: boolean;
  /** Each with a mark of its own, so that one service can be in it twice. */
  items: { mark: number; service: string }[];
}

export function draftOf(one: Package | undefined, category: string, currency: string): Draft {
  if (!one) return { name: '', category, description: '', price: '', mode: 'sequence', online: true, items: [] };
  return {
    name: one.name,
    category: one.category_id,
    description: one.description,
    price: typed(one.price_minor, currency),
    mode: one.mode,
    online: one.online,
    items: one.service_ids.map((service, mark) => ({ mark, service })),
  };
}

/** One more of a service, at the end. */
export function added(items: Draft['items'], service: string): Draft['items'] {
  return [...items, { mark: Math.max(-1, ...items.map(({ mark }) => mark)) + 1, service }];
}

export function wrong(draft: Draft, currency: string): Record<string, 'name' | 'amount' | 'services'> {
  return {
    ...(draft.name.trim() === '' && { '/name': 'name' as const }),
    ...(amountOf(draft.price, currency) === undefined && { '/price_minor': 'amount' as const }),
    ...(draft.items.length === 0 && { '/service_ids': 'services' as const }),
  };
}

export function bodyOf(draft: Draft, currency: string): Required<Schema<'NewPackage'>> {
  return {
    name: draft.name.trim(),
    category_id: draft.category,
    description: draft.description.trim(),
    price_minor: amountOf(draft.price, currency) ?? 0,
    mode: draft.mode,
    online: draft.online,
    service_ids: draft.items.map(({ service }) => service),
  };
}
