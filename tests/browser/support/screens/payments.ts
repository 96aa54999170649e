import type { Page } from '@playwright/test';
import { book, shopOf } from '../day';
import { connect, deposit, giveBack, moneyOf, take } from '../money';
import { secondPlace } from '../menu';
import { call } from '../people';
import type { Schema } from '../schema';
import { bookedVisit, openShop, type Open } from '../shop';
import { at, type Screen } from './screen';

interface Paid {
  day: string;
  visit: string;
}

/** What was paid in a browser's business, once for all that look at it. */
const PAID = new WeakMap<Page, Promise<Paid>>();

/** A visit of which a part is paid and some of that given back, and one that is paid in another way. */
async function pay(page: Page): Promise<Paid> {
  await page.goto('/app/payments');
  await secondPlace(page, 'Paris', 'Europe/Paris');
  const shop = await shopOf(page);
  const { id } = await book(page, shop, 0, 'Maximiliane Freifrau von und zu Hohenlohe-Öttingen');
  const { due_minor } = await moneyOf(page, id);
  const half = Math.floor(due_minor / 2);
  const cash = await take(page, id, { way: 'cash', amount_minor: half + 550, tip_minor: 550, note: 'Change from a hundred' });
  await giveBack(page, cash.id, 1050, 'The towels were cold, and nobody had told her before');
  const other = await book(page, shop, 4, 'ليلى عبد الرحمن');
  const open = (await moneyOf(page, other.id)).open_minor;
  await take(page, other.id, { way: 'other', amount_minor: open, note: 'A voucher from last year' });
  return { day: shop.day, visit: id };
}

function paid(page: Page): Promise<Paid> {
  const known = PAID.get(page) ?? pay(page);
  PAID.set(page, known);
  return known;
}

const money = (page: Page) => page.locator('dialog[open] section:has(h3)');

async function sheet(page: Page): Promise<void> {
  const { day, visit } = await paid(page);
  await page.goto(`/app/day/${day}?visit=${visit}`);
  await money(page).locator('li').first().waitFor();
}

async function taking(page: Page): Promise<void> {
  await sheet(page);
  await money(page).locator('.big button').click();
  await money(page).locator('form').waitFor();
}

/** To the till of the place that has been paid at. */
async function till(page: Page): Promise<void> {
  await paid(page);
  await page.goto('/app/payments/till');
  await page.locator('main .expected').waitFor();
}

type Account = Schema<'PaymentAccountView'>;
const READY: Account = {
  provider: 'stripe',
  stripe_offered: true,
  payfast_offered: false,
  offered: true,
  connected: true,
  details_submitted: true,
  charges_enabled: true,
  payouts_enabled: true,
  requirements: [],
  account: 'acct_1NXyzAbCdEfGhIjK',
};

/** An account that stands like this, as far as the page hears. */
const account = (name: string, more: Partial<Account>): Screen => ({
  name: `/app/payments/account, ${name}`,
  open: async (page) => {
    await page.route('**/v1/payment-account{,/look}', (route) => route.fulfill({ json: { ...READY, ...more } }));
    await page.goto('/app/payments/account');
    await page.locator('main .stands').waitFor();
  },
  close: (page) => page.unrouteAll(),
});

const DISPUTES: Schema<'DisputeView'>[] = [
  {
    id: 'dsp_1',
    payment: 'pay_1',
    visit: 'apt_1',
    title: 'Deep tissue massage, 90 minutes, with hot stones',
    customer_name: 'Maximiliane Freifrau von und zu Hohenlohe-Öttingen',
    reference: 'dp_1NXyzAbCdEfGhIjKlMnOpQrS',
    amount_minor: 123_450,
    currency: 'USD',
    state: 'needs_response',
    reason: 'fraudulent',
    away_minor: 123_450,
    due_at: '2026-03-09T09:00:00Z',
    opened_at: '2026-03-02T09:00:00Z',
  },
  {
    id: 'dsp_2',
    payment: 'pay_2',
    title: 'ليلى عبد الرحمن',
    reference: 'dp_2',
    amount_minor: 500,
    currency: 'USD',
    state: 'won',
    reason: 'product_not_received',
    away_minor: 0,
    opened_at: '2026-02-02T09:00:00Z',
    closed_at: '2026-02-20T09:00:00Z',
  },
];

const PAYOUTS: Schema<'PayoutView'>[] = [
  { state: 'in_transit' as const, amount_minor: 1_234_500, trouble: null },
  { state: 'failed' as const, amount_minor: 98_700, trouble: 'The bank account has been closed.' },
  { state: 'paid' as const, amount_minor: -2_500, trouble: null },
].map((each, at) => ({
  ...each,
  id: `pyo_${at}`,
  reference: `po_${at}NXyzAbCdEfGhIjKlMnOpQrS`,
  currency: 'USD',
  arrives_on: '2026-03-04',
  sent_at: '2026-03-02T09:00:00Z',
}));

const CHECKS: Schema<'BookCheckView'>[] = [
  {
    id: 'bck_1',
    day: '2026-03-02',
    complete: false,
    sums: [{ currency: 'USD', moved: 'taken', theirs_minor: 1_234_500, ours_minor: 1_230_500 }],
    differences: [
      { moved: 'taken', reference: 'pi_3NXyzAbCdEfGhIjKlMnOpQrS', currency: 'USD', reason: 'missing_here', theirs_minor: 4_000, ours_minor: 0 },
      { moved: 'taken', reference: 'pi_4', currency: 'USD', reason: 'not_ours', theirs_minor: 1_700, ours_minor: 0 },
    ],
    amiss: 1,
    mended: 2,
    compared_at: '2026-03-02T12:00:00Z',
  },
  {
    id: 'bck_2',
    day: '2026-03-01',
    complete: true,
    sums: [],
    differences: [],
    amiss: 0,
    mended: 0,
    compared_at: '2026-03-02T02:10:00Z',
  },
];

/** The provider's book, as far as the page hears. */
const books = (name: string, path: string, ready: string): Screen => ({
  name: `${path}, ${name}`,
  open: async (page) => {
    const lists = { disputes: DISPUTES, payouts: PAYOUTS, 'book-checks': CHECKS };
    for (const [list, items] of Object.entries(lists)) {
      await page.route(`**/v1/${list}?*`, (route) => route.fulfill({ json: { items, next_cursor: null } }));
    }
    await page.goto(path);
    await page.locator(ready).first().waitFor();
  },
  close: (page) => page.unrouteAll(),
});

type Money = Schema<'VisitMoneyView'>;
const LEFT: Money['card'] = { state: 'left', brand: 'mastercard', left_at: '2026-03-02T09:00:00Z' };
const FEE: Partial<Money> = { card: LEFT, fee_minor: 4000, open_minor: 4000 };

/** A visit whose money stands like this, as far as the page hears. */
const stands = (name: string, more: (known: Money) => Partial<Money>): Screen => ({
  name: `a visit, ${name}`,
  open: async (page) => {
    await paid(page);
    await page.route('**/v1/appointments/*/payments', async (route) => {
      const known = (await (await route.fetch()).json()) as Money;
      await route.fulfill({ json: { ...known, ...more(known) } });
    });
    await sheet(page);
  },
  close: (page) => page.unrouteAll(),
});
const declined = ({ payments }: Money): Partial<Money> => ({
  ...FEE,
  payments: payments.map((each) => ({
    ...each,
    way: 'card',
    kind: 'fee',
    off_session: true,
    state: 'over',
    trouble: 'Your card has insufficient funds.',
    refunds: [],
  })),
});
const onFile = stands('a card is on file', () => ({ card: LEFT }));

/** What was paid, the till, and the account that cards pay into. As an owner. */
export const PAYMENTS: Screen[] = [
  at('/app/payments', 'main .empty'),
  at('/app/payments/till', 'main .expected'),
  at('/app/payments/payouts', 'main .empty'),
  at('/app/payments/troubles', 'main form'),
  books('some of each', '/app/payments/payouts', 'main .trouble'),
  books('some of each', '/app/payments/troubles', 'main .amiss'),
  at('/app/payments/account', 'main .stands'),
  account('paid through PayFast', { provider: 'payfast', payfast_offered: true, account: '10000100' }),
  account('not connected', {
    provider: null, connected: false, details_submitted: false, charges_enabled: false, payouts_enabled: false, account: null }),
  account('begun', {
    charges_enabled: false,
    payouts_enabled: false,
    requirements: ['external_account', 'individual.verification.document', 'tos_acceptance.date', 'business_profile.mcc'],
  }),
  account('ready', {}),
  {
    name: '/app/payments, with payments',
    open: async (page) => {
      await paid(page);
      await page.goto('/app/payments');
      await page.locator('main ol > li ul').first().waitFor();
    },
  },
  at('/app/payments?way=terminal', 'main .empty'),
  { name: 'a visit, its money', open: sheet },
  { name: 'a visit, money is taken', open: taking },
  stands('a card is wanted', () => ({ card: { state: 'wanted' } })),
  onFile,
  {
    ...onFile,
    name: `${onFile.name}, and is taken away`,
    open: async (page) => {
      await onFile.open(page);
      await money(page).locator('.spread button').click();
      // The visit is behind the question.
      await page.locator('dialog[open]').nth(1).locator('.danger').waitFor();
    },
  },
  stands('a fee will be taken', () => ({ ...FEE, fee_at: new Date(Date.now() + 3_600_000).toISOString() })),
  stands('a fee was declined', declined),
  {
    name: '/app/payments, a fee was declined',
    open: async (page) => {
      await paid(page);
      await page.route('**/v1/payments?*', async (route) => {
        const known = (await (await route.fetch()).json()) as Schema<'PaymentViewPage'>;
        await route.fulfill({ json: { ...known, items: declined({ payments: known.items } as Money).payments } });
      });
      await page.goto('/app/payments?all=1');
      await page.locator('main ol .trouble').first().waitFor();
    },
    close: (page) => page.unrouteAll(),
  },
  {
    name: 'a visit, money is taken, with faults',
    open: async (page) => {
      await taking(page);
      await money(page).locator('.sums input').first().fill('99999');
      await money(page).locator('.sums input').last().fill('some');
      await money(page).locator('button[type=submit]').click();
      await money(page).locator('[aria-invalid=true]').nth(1).waitFor();
    },
  },
  {
    name: 'a visit, money is given back, with faults',
    open: async (page) => {
      await sheet(page);
      await money(page).locator('li button').first().click();
      await money(page).locator('form input').first().fill('0');
      await money(page).locator('button[type=submit]').click();
      await money(page).locator('[aria-invalid=true]').nth(1).waitFor();
    },
  },
  {
    name: '/app/payments/till, with a fault',
    open: async (page) => {
      await till(page);
      await page.locator('main form button[type=submit]').first().click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
  },
  {
    name: '/app/payments/till, before it is closed',
    open: async (page) => {
      await till(page);
      await page.locator('main form input').first().fill('12');
      await page.locator('main form button[type=submit]').first().click();
      await page.locator('dialog[open] .danger').waitFor();
    },
  },
  {
    name: '/app/payments/till, closed',
    open: async (page) => {
      await till(page);
      const { items } = await call<{ items: unknown[] }>(page, 'GET', '/v1/till/closes');
      if (items.length === 0) {
        await page.locator('main form input').first().fill('12');
        await page.locator('main form button[type=submit]').first().click();
        await page.locator('dialog[open] .danger').click();
      }
      await page.locator('main ol > li button').waitFor();
      await page.locator('main .warn').first().waitFor();
    },
  },
];

/** One of its kind for all screens of a test. */
const SHOPS = new WeakMap<Page, Promise<Open>>();
const shop = (page: Page): Promise<Open> => {
  const known = SHOPS.get(page) ?? openShop(page, async (desk) => {
    await deposit(desk);
    await connect(desk);
  });
  SHOPS.set(page, known);
  return known;
};

type Own = Schema<'OwnPaymentView'>;
const DUE: Own = {
  state: 'due',
  online: true,
  amount_minor: 1600,
  open_minor: 8000,
  may_pay_all: false,
  most_tip_minor: 0,
  card: 'none',
  may_remove_card: false,
  fee_declined: false,
  paid_minor: 0,
  refunded_minor: 0,
  currency: 'USD',
};

/** One's own visit, with money that stands like this, as far as the page hears. */
const own = (name: string, more: Partial<Own>, ready: string, query = '', visit: Partial<Schema<'OwnVisitView'>> = {}): Screen => ({
  name: `/b/{token}, ${name}`,
  open: async (page) => {
    const path = await bookedVisit(page, (await shop(page)).slug);
    const until = new Date(Date.now() + 20 * 60_000).toISOString();
    await page.route('**/v1/b/*', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...((await answer.json()) as object), ...visit } });
    });
    await page.route('**/v1/b/*/payment{,/look}', (route) => route.fulfill({ json: { ...DUE, until, ...more } }));
    await page.goto(`${path}${query}`);
    await page.locator(ready).first().waitFor();
  },
  close: (page) => page.unrouteAll(),
});

/** The same, and then something is pressed and typed there. */
const then = (screen: Screen, name: string, more: (page: Page) => Promise<void>): Screen => ({
  ...screen,
  name: `${screen.name}, ${name}`,
  open: async (page) => {
    await screen.open(page);
    await more(page);
  },
});

const OFF = { status: 'cancelled', cancelled_by: 'customer', fee_minor: 4000, may_move: false, may_cancel: false } as const;
const COMING = { status: 'confirmed', asks_card: true } as const;
const OVER = { status: 'completed', may_move: false, may_cancel: false } as const;
const VISA: Partial<Own> = { card: 'left', card_brand: 'visa', amount_minor: 0, until: null };
const rest = own('a card is left, and the rest can be paid', { ...VISA, state: 'nothing', may_pay_all: true, most_tip_minor: 8000 }, 'section .plain', '', COMING);
const tip = own(
  'all is paid, and a tip can be given',
  { ...VISA, state: 'paid', open_minor: 0, paid_minor: 8000, may_pay_all: true, most_tip_minor: 8000, may_remove_card: true },
  'section .plain',
  '',
  OVER,
);
const asking = async (page: Page): Promise<void> => {
  await page.locator('section .plain').last().click();
  await page.locator('section form').waitFor();
};
const another = async (page: Page): Promise<void> => {
  await asking(page);
  await page.locator('section form .other').click();
  await page.locator('section form button[type=submit]').click();
  await page.locator('section form [aria-invalid=true]').waitFor();
};

/** Cards are asked for, and what that means is said before one books. */
const asked = (name: string, more: Partial<Schema<'HoldView'>>): Screen => ({
  name: `/{shop}, who, ${name}`,
  open: async (page) => {
    const { slug } = await shop(page);
    await page.route('**/v1/public/*/holds', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ...more } });
    });
    await page.goto(`/${slug}`);
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    const rows = page.locator('main section li button');
    await rows.first().click();
    await page.locator('input[name="day"], fieldset [type=radio]').first().waitFor();
    await rows.last().click();
    await page.locator('[name=name]').waitFor();
  },
  close: (page) => page.unrouteAll(),
  atEnd: true,
});

/** Somebody wants to pay with a voucher. */
const withVoucher = async (page: Page): Promise<void> => {
  await page.locator('section .quiet').click();
  await page.locator('section form').waitFor();
};
const voucher = own('a voucher pays', {}, 'section .wide');

/** What customers see of their money. */
export const OWN_PAYMENTS: Screen[] = [
  {
    name: '/{shop}, done, a deposit is due',
    open: async (page) => {
      const { slug } = await shop(page);
      await page.goto(`/${slug}`);
      await page.evaluate(() => sessionStorage.clear());
      await page.reload();
      const rows = page.locator('main section li button');
      await rows.first().click();
      await page.locator('input[name="day"], fieldset [type=radio]').first().waitFor();
      await rows.last().click();
      await page.locator('[name=name]').fill('Nina Two');
      await page.locator('[name=email]').fill('nina@example.com');
      await page.locator('button[form=who]').click();
      await page.locator('section .sum').waitFor();
    },
  },
  own('a deposit is due, with a page for cards', {}, 'section .wide'),
  {
    ...voucher,
    open: async (page) => {
      await voucher.open(page);
      await withVoucher(page);
    },
  },
  {
    ...voucher,
    name: `${voucher.name}, with a fault`,
    open: async (page) => {
      await voucher.open(page);
      await withVoucher(page);
      await page.locator('section form input').first().fill('ABCD');
      await page.locator('section form button[type=submit]').click();
      await page.locator('section form [aria-invalid=true]').waitFor();
    },
  },
  asked('a card is asked for', { asks_card: true, deposit_minor: 0, late_cancel_fee_percent: 50, no_show_fee_percent: 100 }),
  own('a card is wanted', { card: 'wanted', amount_minor: 0 }, 'section .wide', '', { asks_card: true, deposit_minor: 0 }),
  own('no card has arrived', { card: 'wanted', amount_minor: 0 }, 'section .warn', '?paying=1', { asks_card: true, deposit_minor: 0 }),
  own('a deposit and a card are wanted', { card: 'wanted' }, 'section .wide', '', { asks_card: true }),
  own('a card is left', { ...VISA, state: 'nothing', card_brand: 'somebody_else' }, 'section .soft', '', COMING),
  rest,
  then(rest, 'asked for', asking),
  then(rest, 'with a fault', another),
  tip,
  then(tip, 'asked for', asking),
  own('a fee is taken from the card', { ...VISA, amount_minor: 4000, open_minor: 4000 }, 'section .wide', '', OFF),
  own('a fee was declined', { ...VISA, amount_minor: 4000, open_minor: 4000, fee_declined: true }, 'section .warn', '', OFF),
  own('nothing has arrived', {}, 'section .warn', '?paying=1'),
  own('a payment is on its way', { state: 'processing' }, 'section [role=status] p', '?paying=1'),
  own('paid and given back', { state: 'paid', amount_minor: 0, paid_minor: 1600, refunded_minor: 1600 }, 'section .good'),
  {
    name: '/b/{token}, the page for cards can’t be reached',
    open: async (page) => {
      const path = await bookedVisit(page, (await shop(page)).slug);
      await page.route('**/v1/b/*/payment', (route) =>
        route.request().method() === 'GET'
          ? route.fulfill({ json: { ...DUE } })
          : route.fulfill({ status: 503, contentType: 'application/problem+json', json: { code: 'provider_away', status: 503 } }),
      );
      await page.goto(path);
      await page.locator('section .wide').click();
      await page.getByRole('alert').waitFor();
    },
    close: (page) => page.unrouteAll(),
    refusal: 503,
  },
];
