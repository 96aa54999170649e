import type { Page } from '@playwright/test';
import { serviceOf, plan } from './menu';
import { call } from './people';
import type { Schema } from './schema';

type Sold<Name extends 'NewVoucher' | 'NewPass' | 'NewSoldMembership'> = Partial<Schema<Name>>;

/** Where it is sold: the place that the starter kit has. */
async function place(page: Page): Promise<string> {
  const { items } = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/locations');
  return items[0]?.id ?? '';
}

/** A voucher that is sold at the desk for cash. */
export const sellVoucher = async (page: Page, value_minor: number, more: Sold<'NewVoucher'> = {}): Promise<Schema<'SoldVoucherView'>> =>
  call(page, 'POST', '/v1/vouchers', { location: await place(page), value_minor, way: 'cash', ...more });

export const voucherOf = (page: Page, id: string): Promise<Schema<'VoucherView'>> => call(page, 'GET', `/v1/vouchers/${id}`);

/** A voucher pays for a visit, as far as is said. */
export const redeem = (page: Page, visit: string, code: string, amount_minor?: number): Promise<Schema<'PaymentView'>> =>
  call(page, 'POST', `/v1/appointments/${visit}/voucher`, { code, ...(amount_minor && { amount_minor }) });

/** A kind of pass for one service of the menu. */
export async function passKind(page: Page, service?: string, more: Partial<Schema<'NewPassKind'>> = {}): Promise<Schema<'PassKindView'>> {
  const service_ids = [service ?? (await serviceOf(page)).id];
  const kind = { name: 'Ten massages', service_ids, uses: 10, price_minor: 70_000, valid_days: 365, ...more };
  return call(page, 'POST', '/v1/pass-kinds', kind);
}

/** A pass that is sold at the desk by terminal. */
export const sellPass = async (page: Page, kind: string, customer: string, more: Sold<'NewPass'> = {}): Promise<Schema<'PassView'>> =>
  call(page, 'POST', '/v1/passes', { kind, customer, location: await place(page), way: 'terminal', ...more });

export const passOf = (page: Page, id: string): Promise<Schema<'PassView'>> => call(page, 'GET', `/v1/passes/${id}`);

/** A membership that is sold at the desk for cash. */
export async function sellMembership(page: Page, customer: string, more: Sold<'NewSoldMembership'> = {}): Promise<Schema<'SoldMembershipView'>> {
  const kind = more.plan ?? (await plan(page, { name: 'Friends of the house', period: 'month', price_minor: 4900 })).id;
  return call(page, 'POST', '/v1/memberships', { customer, plan: kind, location: await place(page), way: 'cash', ...more });
}

export const customerOf = (page: Page, name: string, more: object = {}): Promise<{ id: string }> =>
  call(page, 'POST', '/v1/customers', { name, ...more });

type Offer = Schema<'VoucherOfferInput'>;

/** Vouchers are sold on the page of the business. */
export async function sellOnline(page: Page, more: Partial<Offer> = {}): Promise<void> {
  const { version, ...known } = await call<Offer & { version: number }>(page, 'GET', '/v1/voucher-offer');
  const offer = { ...known, offered: true, amounts_minor: [2500, 5000, 10_000], ...more };
  await call(page, 'PUT', '/v1/voucher-offer', offer, { 'If-Match': `"${version}"` });
}
