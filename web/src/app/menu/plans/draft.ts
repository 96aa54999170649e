// A membership plan as a form holds it.
import { amountOf, typed } from '$lib/money';
import type { Schema } from '$lib/api/types';

export type Plan = Schema<'MembershipPlanView'>;

export interface Draft {
  name: string;
  category: string;
  description: string;
  price: string;
  period: Schema<'PlanPeriodWord'>;
  discount: string;
  benefits: { mark: number; text: string }[];
  services: string[];
}

export function draftOf(plan: Plan | undefined, category: string, currency: string): Draft {
  if (!plan) {
    const empty = { name: '', description: '', price: '', discount: '0', benefits: [], services: [] };
    return { ...empty, category, period: 'month' };
  }
  return {
    name: plan.name,
    category: plan.category_id,
    description: plan.description,
    price: typed(plan.price_minor, currency),
    period: plan.period,
    discount: String(plan.discount_percent),
    benefits: plan.benefits.map((text, mark) => ({ mark, text })),
    services: [...plan.service_ids],
  };
}

export function another(benefits: Draft['benefits']): Draft['benefits'] {
  return [...benefits, { mark: Math.max(-1, ...benefits.map(({ mark }) => mark)) + 1, text: '' }];
}

export function percentTyped(text: string): number | undefined {
  const plain = text.trim() === '' ? '0' : text.trim();
  return /^\d{1,3}$/.test(plain) && Number(plain) <= 100 ? Number(plain) : undefined;
}

export function wrong(draft: Draft, currency: string): Record<string, 'name' | 'amount' | 'discount'> {
  return {
    ...(draft.name.trim() === '' && { '/name': 'name' as const }),
    ...(amountOf(draft.price, currency) === undefined && { '/price_minor': 'amount' as const }),
    ...(percentTyped(draft.discount) === undefined && { '/discount_percent': 'discount' as const }),
  };
}

/** Benefits that nobody wrote anything for are none. */
export function bodyOf(draft: Draft, currency: string): Required<Schema<'NewMembershipPlan'>> {
  return {
    name: draft.name.trim(),
    category_id: draft.category,
    description: draft.description.trim(),
    price_minor: amountOf(draft.price, currency) ?? 0,
    period: draft.period,
    discount_percent: percentTyped(draft.discount) ?? 0,
    benefits: draft.benefits.map(({ text }) => text.trim()).filter((text) => text !== ''),
    service_ids: draft.services,
  };
}
