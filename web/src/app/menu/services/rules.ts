// The rules that a service can have otherwise than the shop: what can be chosen for each.
import type { Schema } from '$lib/api/types';

export type Policy = Schema<'ServicePolicy'>;
export type Rule = keyof Policy;
type Measure = 'minutes' | 'days' | 'percent' | 'yes' | 'alignment' | 'risk' | 'demand';

const HOUR = 60;
const DAY = 24 * HOUR;
const NOTICES = [0, 30, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 36 * HOUR, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY, 14 * DAY, 30 * DAY];
const SHARES = [0, 10, 20, 25, 30, 40, 50, 60, 75, 80, 100];

export const RULES: { rule: Rule; measure: Measure; usual: readonly number[] }[] = [
  { rule: 'notice_minutes', measure: 'minutes', usual: NOTICES },
  { rule: 'horizon_days', measure: 'days', usual: [1, 3, 7, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 540, 730] },
  { rule: 'cancel_notice_minutes', measure: 'minutes', usual: NOTICES },
  { rule: 'move_notice_minutes', measure: 'minutes', usual: NOTICES },
  { rule: 'late_cancel_fee_percent', measure: 'percent', usual: SHARES },
  { rule: 'no_show_fee_percent', measure: 'percent', usual: SHARES },
  { rule: 'slot_step_minutes', measure: 'minutes', usual: [5, 10, 15, 20, 30, 40, 45, 60, 75, 90, 120, 180, 240] },
  { rule: 'alignment', measure: 'alignment', usual: [] },
  { rule: 'needs_approval', measure: 'yes', usual: [] },
  { rule: 'verify_contact', measure: 'yes', usual: [] },
  { rule: 'ask_card', measure: 'yes', usual: [] },
  { rule: 'risk_from', measure: 'risk', usual: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90] },
  { rule: 'risk_asks', measure: 'demand', usual: [] },
  { rule: 'risk_deposit_percent', measure: 'percent', usual: [10, 20, 25, 30, 40, 50, 60, 75, 80, 100] },
];

/** What a rule can be: the usual figures, and the one that it is if it isn't one of them. */
export function values({ rule, measure, usual }: (typeof RULES)[number], policy: Policy): (number | boolean | string)[] {
  if (measure === 'yes') return [true, false];
  if (measure === 'alignment') return ['clock', 'packed'];
  if (measure === 'demand') return ['approval', 'deposit'];
  const own = policy[rule];
  const all = typeof own === 'number' && !usual.includes(own) ? [...usual, own] : [...usual];
  return all.sort((a, b) => a - b);
}

/** The rules with one of them otherwise: as the shop has it, or with a value of its own, as the choice says it. */
export function ruled(policy: Policy, rule: Rule, chosen: string): Policy {
  const rest = Object.fromEntries(Object.entries(policy).filter(([name]) => name !== rule)) as Policy;
  return chosen === '' ? rest : { ...rest, [rule]: JSON.parse(chosen) as unknown };
}
