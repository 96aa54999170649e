// A service as a form holds it: figures as they are typed, and the words behind it as one body.
import { amountOf, typed } from '$lib/money';
import type { Schema } from '$lib/api/types';
import { minutesTyped } from '../shared/lengths';

export type Service = Schema<'ServiceView'>;
type Policy = Schema<'ServicePolicy'>;
export type Body = Required<Omit<Schema<'NewService'>, 'policy'>> & { policy: Policy };
/** How many can come: one, two, or either. */
export type Party = 'one' | 'either' | 'two';

export interface Draft {
  name: string;
  category: string;
  description: string;
  duration: string;
  price: string;
  priceFor: 'customer' | 'visit';
  party: Party;
  online: boolean;
  membersOnly: boolean;
  deposit: 'none' | 'fixed' | 'percent';
  depositValue: string;
  before: string;
  after: string;
  staff: '0' | '1' | '2';
  needsRoom: boolean;
  features: string[];
  featuresForTwo: string[];
  addons: string[];
  forms: string[];
  policy: Policy;
}

/** As plain as can be: one customer, one of the staff, bookable online. */
const PLAIN: Draft = {
  name: '',
  category: '',
  description: '',
  duration: '',
  price: '',
  priceFor: 'customer',
  party: 'one',
  online: true,
  membersOnly: false,
  deposit: 'none',
  depositValue: '',
  before: '0',
  after: '0',
  staff: '1',
  needsRoom: false,
  features: [],
  featuresForTwo: [],
  addons: [],
  forms: [],
  policy: {},
};

export function draftOf(service: Service | undefined, category: string, currency: string): Draft {
  if (!service) return { ...structuredClone(PLAIN), category };
  const { deposit, min_customers: min, max_customers: max } = service;
  const value = deposit.value ?? 0;
  return {
    name: service.name,
    category: service.category.id,
    description: service.description,
    duration: String(service.duration_minutes),
    price: typed(service.price_minor, currency),
    priceFor: service.price_for,
    party: max === 1 ? 'one' : min === 2 ? 'two' : 'either',
    online: service.online,
    membersOnly: service.members_only,
    deposit: deposit.kind,
    depositValue: deposit.kind === 'none' ? '' : deposit.kind === 'fixed' ? typed(value, currency) : String(value),
    before: String(service.buffer_before_minutes),
    after: String(service.buffer_after_minutes),
    staff: String(service.staff_per_customer) as Draft['staff'],
    needsRoom: service.needs_room,
    features: [...service.room_features],
    featuresForTwo: [...service.room_features_for_two],
    addons: [...service.addon_ids],
    forms: [...service.form_ids],
    policy: kept(service.policy),
  };
}

/** The rules that a service has otherwise than the shop: without those that it hasn't. */
function kept(policy: Policy): Policy {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null && value !== undefined));
}

export type Amiss = 'name' | 'length' | 'amount' | 'percent' | 'deposit';
export type Wrong = Record<string, Amiss>;

/** What can't be meant, by the field's pointer: said before anything is sent. */
export function wrong(draft: Draft, currency: string): Wrong {
  const found: Wrong = {};
  const price = amountOf(draft.price, currency);
  if (draft.name.trim() === '') found['/name'] = 'name';
  const minutes = minutesTyped(draft.duration);
  if (minutes === undefined || minutes < 1 || minutes > 1440) found['/duration_minutes'] = 'length';
  if (price === undefined) found['/price_minor'] = 'amount';
  for (const [side, pointer] of [
    [draft.before, '/buffer_before_minutes'],
    [draft.after, '/buffer_after_minutes'],
  ] as const) {
    const buffer = minutesTyped(side);
    if (buffer === undefined || buffer > 240) found[pointer] = 'length';
  }
  if (draft.deposit === 'fixed') {
    const value = amountOf(draft.depositValue, currency);
    if (!value) found['/deposit/value'] = 'amount';
    else if (price !== undefined && value > price) found['/deposit/value'] = 'deposit';
  }
  if (draft.deposit === 'percent' && !percent(draft.depositValue)) found['/deposit/value'] = 'percent';
  return found;
}

function percent(text: string): number | undefined {
  const value = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
  return value >= 1 && value <= 100 ? value : undefined;
}

/** The whole of it, as the API wants it; figures that aren't any are none. */
export function bodyOf(draft: Draft, currency: string): Body {
  const value =
    draft.deposit === 'fixed' ? amountOf(draft.depositValue, currency) : draft.deposit === 'percent' ? percent(draft.depositValue) : 0;
  return {
    name: draft.name.trim(),
    category_id: draft.category,
    description: draft.description.trim(),
    duration_minutes: minutesTyped(draft.duration) ?? 0,
    price_minor: amountOf(draft.price, currency) ?? 0,
    price_for: draft.priceFor,
    min_customers: draft.party === 'two' ? 2 : 1,
    max_customers: draft.party === 'one' ? 1 : 2,
    online: draft.online,
    members_only: draft.membersOnly,
    deposit: { kind: draft.deposit, value: value ?? 0 },
    buffer_before_minutes: minutesTyped(draft.before) ?? 0,
    buffer_after_minutes: minutesTyped(draft.after) ?? 0,
    staff_per_customer: Number(draft.staff),
    needs_room: draft.needsRoom,
    // What asks something of a room that isn't needed is forgotten.
    room_features: draft.needsRoom ? draft.features : [],
    room_features_for_two: draft.needsRoom && draft.party !== 'one' ? draft.featuresForTwo : [],
    addon_ids: draft.addons,
    form_ids: draft.forms,
    policy: kept(draft.policy),
  };
}
