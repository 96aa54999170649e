import type { Page } from '@playwright/test';
import { book, shopOf } from '../day';
import { moneyOf } from '../money';
import { call } from '../people';
import { customerOf, passKind, redeem, sellMembership, sellOnline, sellPass, sellVoucher } from '../sold';
import { at, type Screen } from './screen';

interface Stock {
  voucher: string;
  pass: string;
  kind: string;
  customer: string;
  day: string;
  visit: string;
  code: string;
}

const LONG = 'Maximiliane Freifrau von und zu Hohenlohe-Öttingen';

/** What was sold in a browser's business, once for all that look at it. */
const SOLD = new WeakMap<Page, Promise<Stock>>();

/** A voucher of which a part was used, one that nobody touched, a pass that pays for a visit, and a membership. */
async function sell(page: Page): Promise<Stock> {
  await page.goto('/app/sold');
  const shop = await shopOf(page);
  const customer = await customerOf(page, LONG, { email: 'maximiliane@example.com' });
  const other = await book(page, shop, 4, 'ليلى عبد الرحمن');
  const sold = await sellVoucher(page, 20_000, {
    customer: customer.id,
    recipient_name: 'ليلى عبد الرحمن',
    recipient_email: 'layla@example.com',
    message: 'Happy birthday!\nTake your time, and take two.',
  });
  await redeem(page, other.id, sold.code, Math.min(1250, (await moneyOf(page, other.id)).open_minor));
  const second = await sellVoucher(page, 5000);
  const kind = await passKind(page, shop.service.id, { name: 'Ten massages, of which the tenth is a present', description: 'For a year.' });
  const pass = await sellPass(page, kind.id, customer.id);
  await sellMembership(page, customer.id);
  // Somebody who has a pass, with a visit that is still to be paid.
  const visit = await call<{ id: string }>(page, 'POST', '/v1/appointments', {
    location: shop.location.id,
    start: shop.slots[0]?.start,
    wanted: { services: [{ service: shop.service.id, staff: shop.staff.id }] },
    customer: { id: customer.id },
  });
  return { voucher: sold.voucher.id, pass: pass.id, kind: kind.id, customer: customer.id, day: shop.day, visit: visit.id, code: second.code };
}

function stock(page: Page): Promise<Stock> {
  const known = SOLD.get(page) ?? sell(page);
  SOLD.set(page, known);
  return known;
}

/** A page that tells of something that was sold. */
const of = (name: string, path: (sold: Stock) => string, ready: string, then?: (page: Page) => Promise<unknown>): Screen => ({
  name,
  open: async (page) => {
    await page.goto(path(await stock(page)));
    await page.locator(ready).filter({ visible: true }).first().waitFor();
    await then?.(page);
  },
});

/** Somebody wants to go on with a form in which nothing was typed. */
const tried = async (page: Page, faults = 1): Promise<void> => {
  await page.locator('main form button[type=submit]').last().click();
  await page.locator('[aria-invalid=true]').nth(faults - 1).waitFor();
};

const opened = async (page: Page, button: string): Promise<void> => {
  await page.locator(button).last().click();
  await page.locator('dialog[open] form').waitFor();
};

const money = (page: Page) => page.locator('dialog[open] section:has(h3)');
const visit = ({ day, visit }: Stock) => `/app/day/${day}?visit=${visit}`;

/** A voucher is redeemed in a visit: what is left of it is known. */
async function redeeming(page: Page): Promise<void> {
  const { code } = await stock(page);
  await money(page).locator('.row > .button.plain').last().click();
  await money(page).locator('form input').first().fill(code);
  await money(page).locator('button[type=submit]').click();
  await money(page).locator('form .sums').waitFor();
}

/** What is sold ahead: vouchers, passes, memberships, and how they pay. As an owner. */
export const SOLD_AHEAD: Screen[] = [
  at('/app/sold', 'main .empty'),
  at('/app/sold/passes', 'main .empty'),
  at('/app/sold/memberships', 'main .empty'),
  at('/app/sold/passes/new', 'main .empty'),
  at('/app/sold/memberships/new', 'main .empty'),
  at('/app/pass-kinds', 'main .empty'),
  at('/app/pass-kinds/new', 'main form'),
  {
    name: '/app/pass-kinds/new, with faults',
    open: async (page) => {
      await page.goto('/app/pass-kinds/new');
      await page.locator('main form').waitFor();
      await tried(page, 2);
    },
  },
  at('/app/sold/offer', 'main form'),
  {
    name: '/app/sold/offer, with faults',
    open: async (page) => {
      await page.goto('/app/sold/offer');
      await page.locator('main form').waitFor();
      await page.locator('main [role=switch]').check();
      await page.locator('main .more button').click();
      await page.locator('main .amount input').fill('some');
      await page.locator('main .pair input').last().fill('0');
      await page.locator('main form button[type=submit]').click();
      await page.locator('main [aria-invalid=true]').nth(1).waitFor();
    },
  },
  {
    name: '/app/sold/offer, as it is offered',
    open: async (page) => {
      await page.goto('/app/sold/offer');
      await sellOnline(page, { amounts_minor: [2500, 5000, 10_000, 20_000, 30_000, 40_000] });
      await page.reload();
      await page.locator('main .address a').waitFor();
    },
  },
  at('/app/sold/vouchers/new', 'main form'),
  {
    name: '/app/sold/vouchers/new, with faults',
    open: async (page) => {
      await page.goto('/app/sold/vouchers/new');
      await page.locator('main form').waitFor();
      await page.locator('main form input').nth(1).fill('0');
      await tried(page, 2);
    },
  },
  of('/app/sold, with vouchers', () => '/app/sold', 'main ol > li'),
  of('/app/sold, an unknown code', () => '/app/sold', 'main ol > li', async (page) => {
    await page.locator('main form input').fill('ABCD');
    await tried(page);
  }),
  of('/app/sold?state=expired', () => '/app/sold?state=expired', 'main .empty'),
  {
    name: '/app/sold/vouchers/new, sold',
    open: async (page) => {
      await page.goto('/app/sold/vouchers/new');
      await page.locator('main form input').first().fill('45.50');
      await page.locator('main form textarea').fill('For a quiet hour.');
      await page.locator('main form button[type=submit]').click();
      await page.locator('main .code b').waitFor();
    },
  },
  of('a voucher', ({ voucher }) => `/app/sold/vouchers/${voucher}`, 'main section ol > li'),
  of('a voucher, its code', ({ voucher }) => `/app/sold/vouchers/${voucher}`, 'main section ol > li', async (page) => {
    await page.locator('main .card .button.plain').first().click();
    await page.locator('main .code b').waitFor();
  }),
  of('a voucher, sent again', ({ voucher }) => `/app/sold/vouchers/${voucher}`, 'main section ol > li', (page) =>
    opened(page, 'main .card .row > .button.plain'),
  ),
  of('a voucher, given back, with a fault', ({ voucher }) => `/app/sold/vouchers/${voucher}`, 'main section ol > li', async (page) => {
    await opened(page, 'main .card .button.danger');
    await page.locator('dialog[open] .button.danger').click();
    await page.locator('dialog[open] [aria-invalid=true]').waitFor();
  }),
  of('/app/sold/passes, with passes', () => '/app/sold/passes', 'main ol > li'),
  of('a pass', ({ pass }) => `/app/sold/passes/${pass}`, 'main section li'),
  of('a pass, given back', ({ pass }) => `/app/sold/passes/${pass}`, 'main section li', (page) => opened(page, 'main .card .button.danger')),
  of('/app/sold/passes/new, with a fault', () => '/app/sold/passes/new', 'main form', (page) => tried(page)),
  of('/app/sold/passes/new, for somebody', ({ customer }) => `/app/sold/passes/new?customer=${customer}`, 'main form .chosen'),
  of('/app/pass-kinds, with kinds', () => '/app/pass-kinds', 'main ul.list li'),
  of('a kind of pass', ({ kind }) => `/app/pass-kinds/${kind}`, 'main form'),
  of('/app/sold/memberships, with memberships', () => '/app/sold/memberships', 'main ol > li'),
  of('/app/sold/memberships, one is renewed', () => '/app/sold/memberships', 'main ol > li', (page) => opened(page, 'main ol .button.plain')),
  of('/app/sold/memberships, one is called off, with faults', () => '/app/sold/memberships', 'main ol > li', async (page) => {
    await opened(page, 'main ol .button.danger');
    await page.locator('dialog[open] input').first().fill('99999');
    await page.locator('dialog[open] .button.danger').click();
    await page.locator('dialog[open] [aria-invalid=true]').nth(1).waitFor();
  }),
  of('/app/sold/memberships/new, with a fault', () => '/app/sold/memberships/new', 'main form', (page) => tried(page)),
  of('a customer who paid ahead', ({ customer }) => `/app/customers/${customer}`, 'main a[href^="/app/sold/passes/pas_"]'),
  of('a visit that a pass can pay for', visit, 'dialog[open] section ul li button'),
  of('a visit, a voucher is redeemed', visit, 'dialog[open] section ul li button', redeeming),
  of('a visit, a voucher is redeemed, with faults', visit, 'dialog[open] section ul li button', async (page) => {
    await redeeming(page);
    await money(page).locator('.sums input').first().fill('99999');
    await money(page).locator('.sums input').last().fill('some');
    await money(page).locator('button[type=submit]').click();
    await money(page).locator('[aria-invalid=true]').nth(1).waitFor();
  }),
  of('/app/payments, with what was sold ahead', () => '/app/payments', 'main ol > li'),
  of('/app/payments/till, with what was paid before', () => '/app/payments/till', 'main .before li'),
];
