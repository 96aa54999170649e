import { expect, type FrameLocator, type Page } from '@playwright/test';
import { change, serviceOf } from './menu';
import { call } from './people';
import type { Schema } from './schema';

/** A part of the price of the menu's first service makes a visit certain. */
export async function deposit(page: Page, value = 20): Promise<void> {
  const { id } = await serviceOf(page);
  await change(page, 'PATCH', `/v1/services/${id}`, { deposit: { kind: 'percent', value } });
}

/** The owner says at the provider's who they are, and comes back; whatever language they read. */
export async function connect(page: Page): Promise<void> {
  await page.goto('/app/payments/account');
  await page.locator('section[aria-labelledby=standing] .row button').first().click();
  await page.getByRole('button', { name: 'Say everything' }).click();
  await expect(page).toHaveURL(/\/app\/payments\/account$/);
  await expect.poll(async () => (await call<Schema<'PaymentAccountView'>>(page, 'GET', '/v1/payment-account')).charges_enabled).toBe(true);
  await expect(page.locator('h2#standing')).toBeVisible();
}

/** The provider's form for cards, in its frame. */
export const cardForm = (page: Page): FrameLocator => page.frameLocator('iframe[title="Checkout"]');

/** A card is typed into that form. */
export async function payInForm(page: Page, number: string): Promise<void> {
  await cardForm(page).getByLabel('Card number').fill(number);
  await cardForm(page).getByRole('button', { name: /^Pay/ }).click();
}

/** A card is left in that form, and nothing is paid. */
export async function leaveInForm(page: Page, number: string): Promise<void> {
  await cardForm(page).getByLabel('Card number').fill(number);
  await cardForm(page).getByRole('button', { name: /^Save/ }).click();
}

/** Money that is taken at the desk. */
export const take = (page: Page, visit: string, body: Schema<'PaymentInput'>): Promise<Schema<'PaymentView'>> =>
  call(page, 'POST', `/v1/appointments/${visit}/payments`, body);

export const giveBack = (page: Page, payment: string, amount_minor: number, reason: string): Promise<Schema<'RefundView'>> =>
  call(page, 'POST', `/v1/payments/${payment}/refunds`, { amount_minor, reason });

/** What a visit costs, and what of it is paid. */
export const moneyOf = (page: Page, visit: string): Promise<Schema<'VisitMoneyView'>> =>
  call(page, 'GET', `/v1/appointments/${visit}/payments`);
