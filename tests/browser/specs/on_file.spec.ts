import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { change } from '../support/menu';
import { connect, leaveInForm, moneyOf, payInForm } from '../support/money';
import { call, owner } from '../support/people';
import type { Schema } from '../support/schema';

const dollars = (minor: number) => `$${(minor / 100).toFixed(minor % 100 ? 2 : 0)}`;
type Visit = Schema<'VisitView'>;

/** A shop that takes cards, and wants one before a visit is certain. Its owner stays signed in. */
async function asking(page: Page): Promise<string> {
  await owner(page);
  const { slug } = await call<{ slug: string }>(page, 'GET', '/v1/tenant');
  await page.goto('/app/rules');
  const card = page.getByRole('checkbox', { name: /^They leave a card/ });
  await card.check();
  // As long as nobody could take anything from it, nothing is asked for.
  await expect(page.getByText('No card is asked for as long as no payment account takes money.')).toBeVisible();
  await page.getByLabel('Percent of the price for a late cancellation').fill('25');
  await page.getByLabel('Percent of the price for a no-show').fill('50');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved. New visits follow these rules.')).toBeVisible();
  await connect(page);
  await page.goto('/app/rules');
  await expect(card).toBeChecked();
  await expect(page.getByText('No card is asked for')).toHaveCount(0);
  return slug;
}

/** Somebody books, as far as the page behind which one leaves a card. */
async function booking(guest: Page, slug: string, name: string): Promise<void> {
  await guest.goto(`/${slug}`);
  await guest.getByRole('button', { name: /Relaxing massage/ }).click();
  const times = guest.locator('main section li button');
  await expect(guest.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await times.first().click();
  await guest.getByLabel('Your name').fill(name);
  await guest.getByLabel('E-mail').fill('nina@example.com');
  await expect(guest.getByText('You leave a card for it: what is due then is taken from that.')).toBeVisible();
  await expect(guest.getByText('Not coming costs 50 %.')).toBeVisible();
  await guest.getByRole('button', { name: 'Book it', exact: true }).click();
  await expect(guest.getByRole('heading', { name: 'Your time is kept' })).toBeVisible();
}

/** Types a card on the page for cards, and goes on there. */
async function type(guest: Page, number: string, press: RegExp): Promise<void> {
  await guest.getByLabel('Card number').fill(number);
  await guest.getByRole('button', { name: press }).click();
}

/** Somebody books, leaves a card and has a visit that is certain. */
async function left(guest: Page, slug: string, name = 'Nina Two', number = '4242424242424242'): Promise<void> {
  await booking(guest, slug, name);
  await guest.getByRole('region', { name: 'Your card' }).getByRole('button', { name: 'Leave a card' }).click();
  await leaveInForm(guest, number);
  await expect(guest.getByRole('heading', { name: /^See you on/ })).toBeVisible();
}

async function visitOf(page: Page): Promise<Visit> {
  const { items } = await call<{ items: Visit[] }>(page, 'GET', '/v1/appointments');
  const [visit] = items;
  if (!visit || items.length !== 1) throw new Error('one visit was booked');
  return visit;
}

/** A visit in its day, with its money. */
async function sheetOf(page: Page, { id, starts_at }: Visit) {
  const { time_zone: timeZone } = await call<{ time_zone: string }>(page, 'GET', '/v1/tenant');
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(starts_at));
  await page.goto(`/app/day/${day}?visit=${id}`);
  const sheet = page.getByRole('dialog', { name: 'Nina Two' });
  const panel = sheet.getByRole('region', { name: 'Money' });
  await expect(panel.getByText('Costs')).toBeVisible();
  return { sheet, panel };
}

test.beforeEach(({ guard }) => {
  // The provider has no picture for its tab.
  guard.allow(404);
});

test('a card is left while booking, staff see it, and the rest is paid by the link with a tip', async ({ page, another }) => {
  const slug = await asking(page);
  const guest = await another();
  await booking(guest, slug, 'Nina Two');
  const own = guest.getByRole('region', { name: 'Your card' });
  await expect(own).toContainText('A card makes your visit certain. Nothing is taken from it now.');
  // Whoever doesn’t like the form goes to the provider’s page.
  const apart = own.getByRole('button', { name: 'Leave it on the provider’s own page instead' });
  await own.getByRole('button', { name: 'Leave a card' }).click();
  await apart.click();
  // Whoever thinks better of it has left none.
  await guest.getByRole('link', { name: 'Back' }).click();
  await expect(guest.getByRole('heading', { name: 'A card is still wanted' })).toBeVisible();
  await expect(own.getByText(/^No card has arrived/)).toBeVisible();
  await own.getByRole('button', { name: 'Leave a card' }).click();
  await apart.click();
  await type(guest, '4242424242424242', /^Save/);
  await expect(guest.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  const money = guest.getByRole('region', { name: 'Your payment' });
  await expect(money).toContainText('Your Visa card is on file for this visit.');
  await expect(guest.getByRole('button', { name: 'Take the card away' })).toHaveCount(0);

  const visit = await visitOf(page);
  const { panel } = await sheetOf(page, visit);
  await expect(panel).toContainText('Visa card on file');
  const open = visit.price_minor;
  await expect(panel.getByRole('button', { name: `Take ${dollars(open)}` })).toBeVisible();

  // By keyboard: an amount of one's own that is too much first, then a share.
  await money.getByRole('button', { name: 'Pay the rest by card' }).press('Enter');
  await expect(money.getByRole('heading', { name: 'Pay the rest' })).toBeFocused();
  await expect(money.getByRole('radio', { name: /no tip/ })).toBeChecked();
  await money.getByRole('radio', { name: 'Another amount' }).press('Space');
  await money.getByLabel('Tip in USD').fill('99999');
  await guest.keyboard.press('Enter');
  await expect(money.getByText(`${dollars(open)} at most.`)).toBeVisible();
  await expect(money.getByLabel('Tip in USD')).toBeFocused();
  await money.getByRole('radio', { name: /^15/ }).press('Space');
  const tip = Math.round(open * 0.15);
  await money.getByRole('button', { name: `Pay ${dollars(open + tip)}` }).press('Enter');
  await payInForm(guest, '4242424242424242');
  await expect(money).toContainText(`${dollars(open + tip)} is paid. Thank you!`);
  await expect(money.getByRole('button', { name: 'Pay the rest by card' })).toHaveCount(0);
  expect(await moneyOf(page, visit.id)).toMatchObject({ paid_minor: open, tips_minor: tip, open_minor: 0 });

  await page.goto('/app/payments');
  await expect(page.getByRole('listitem').filter({ hasText: 'Nina Two' })).toContainText('Rest');
});

test('a no-show’s fee shows when it is taken, and is undone before that', async ({ page, another }) => {
  const slug = await asking(page);
  await left(await another(), slug);
  const visit = await visitOf(page);
  const { sheet, panel } = await sheetOf(page, visit);
  await sheet.getByRole('button', { name: 'Didn’t come' }).click();
  const fee = Math.floor(visit.price_minor / 2);
  const told = panel.getByText(new RegExp(`^\\${dollars(fee)} is taken from the card on`));
  await expect(told).toBeVisible();
  // As long as a fee is due, the card stays.
  await expect(panel.getByRole('button', { name: 'Take the card away…' })).toHaveCount(0);
  const { fee_at } = await moneyOf(page, visit.id);
  expect(Date.parse(fee_at ?? '') - Date.now()).toBeGreaterThan(30 * 60_000);
  await sheet.getByRole('button', { name: 'One step back' }).click();
  await expect(told).toHaveCount(0);
  expect(await moneyOf(page, visit.id)).toMatchObject({ fee_minor: 0, card: { state: 'left' } });
  expect((await moneyOf(page, visit.id)).fee_at ?? null).toBeNull();
});

test('staff take a card away, and the visit stays certain', async ({ page, another }) => {
  const slug = await asking(page);
  const guest = await another();
  await left(guest, slug);
  const visit = await visitOf(page);
  const { panel } = await sheetOf(page, visit);
  await panel.getByRole('button', { name: 'Take the card away…' }).click();
  const sure = page.getByRole('dialog', { name: 'Take the card away?' });
  await sure.getByRole('button', { name: 'Yes, take it away' }).click();
  await expect(page.getByText('The card is taken away.')).toBeVisible();
  await expect(panel.getByRole('heading', { name: 'Money' })).toBeFocused();
  await expect(panel.getByText('card on file')).toHaveCount(0);
  expect((await visitOf(page)).status).toBe('confirmed');
  await guest.reload();
  await expect(guest.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await expect(guest.getByText('on file for this visit')).toHaveCount(0);
});

test('a card that is declined later leaves the fee to be paid by the link, and staff see why', async ({ page, another }) => {
  const slug = await asking(page);
  // Everything is called off late.
  await change(page, 'PATCH', '/v1/booking-policy', { cancel_notice_minutes: 40 * 1440 });
  const guest = await another();
  await left(guest, slug, 'Nina Two', '4000000000000341');
  await guest.getByRole('link', { name: 'Cancel', exact: true }).click();
  await guest.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(guest.getByRole('heading', { name: 'This visit is cancelled' })).toBeVisible();
  const visit = await visitOf(page);
  const fee = Math.floor(visit.price_minor / 4);
  await expect.poll(async () => (await moneyOf(page, visit.id)).payments.map(({ state, trouble }) => `${state} ${trouble}`)).toEqual([
    expect.stringMatching(/^over Your card was declined/),
  ]);
  const { panel } = await sheetOf(page, visit);
  await expect(panel).toContainText('The fee couldn’t be taken: Your card was declined. The customer got a mail');

  await guest.reload();
  const own = guest.getByRole('region', { name: 'Your payment' });
  await expect(own).toContainText('The fee couldn’t be taken from your card.');
  await own.getByRole('button', { name: `Pay ${dollars(fee)}` }).click();
  await payInForm(guest, '4242424242424242');
  await expect(own).toContainText(`${dollars(fee)} is paid. Thank you!`);
  // The visit is over, and nothing is due: the card can go.
  await own.getByRole('button', { name: 'Take the card away' }).click();
  await expect(own.getByText('Your card is no longer on file.')).toBeVisible();
  expect((await moneyOf(page, visit.id)).card.state).toBe('none');
});
