import type { Page } from '@playwright/test';
import { change, serviceOf } from './menu';
import { call } from './people';
import type { Schema } from './schema';

/** A part of the price of the menu's first service makes a visit certain. */
export async function deposit(page: Page, value = 20): Promise<void> {
  const { id } = await serviceOf(page);
  await change(page, 'PATCH', `/v1/services/${id}`, { deposit: { kind: 'percent', value } });
}

/** Money that is taken at the desk. */
export const take = (page: Page, visit: string, body: Schema<'PaymentInput'>): Promise<Schema<'PaymentView'>> =>
  call(page, 'POST', `/v1/appointments/${visit}/payments`, body);

export const giveBack = (page: Page, payment: string, amount_minor: number, reason: string): Promise<Schema<'RefundView'>> =>
  call(page, 'POST', `/v1/payments/${payment}/refunds`, { amount_minor, reason });

/** What a visit costs, and what of it is paid. */
export const moneyOf = (page: Page, visit: string): Promise<Schema<'VisitMoneyView'>> =>
  call(page, 'GET', `/v1/appointments/${visit}/payments`);
