import type { Page, Route } from '@playwright/test';
import type { Schema } from '../schema';
import { openShop, type Open } from '../shop';
import type { Screen } from './screen';

/** One of its kind for all screens of a test. */
const SHOPS = new WeakMap<Page, Promise<Open>>();
const shop = (page: Page): Promise<Open> => {
  const known = SHOPS.get(page) ?? openShop(page);
  SHOPS.set(page, known);
  return known;
};

type Offer = Schema<'GiftOfferView'>;
const OFFER: Offer = { currency: 'USD', amounts_minor: [2500, 5000, 10_000, 12_345_00], least_minor: 1000, most_minor: 5_000_000, months: 18, form: true };

const problem = (status: number, code: string) => (route: Route) =>
  route.fulfill({ status, contentType: 'application/problem+json', json: { status, code, detail: '' } });

/** Where somebody buys a voucher, of a shop that offers these, as far as the page hears. */
const giving = (name: string, offer: Partial<Offer> = {}, then?: (page: Page) => Promise<unknown>): Screen => ({
  name: `/{shop}/gift${name}`,
  open: async (page) => {
    const { slug } = await shop(page);
    await page.route('**/v1/public/*/vouchers', (route) => route.fulfill({ json: { ...OFFER, ...offer } }));
    await page.goto(`/${slug}/gift`);
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await page.locator('main form').waitFor();
    await then?.(page);
  },
  close: (page) => page.unrouteAll(),
});

const faulty = async (page: Page): Promise<void> => {
  await page.locator('main form .other').click();
  await page.locator('main fieldset input[inputmode=decimal]').fill('5');
  await page.locator('main form [type=email]').first().fill('lea@');
  await page.locator('main form button[type=submit]').click();
  await page.locator('main form [aria-invalid=true]').nth(3).waitFor();
};

const written = async (page: Page): Promise<void> => {
  await page.locator('main .choices label').nth(3).click();
  await page.locator('main form [autocomplete=off]:not([type=email])').first().fill('Maximiliane Freifrau von und zu Hohenlohe-Öttingen');
  await page.locator('main form textarea').fill('عيد ميلاد سعيد!\nTake your time, and take two.');
};

type Gift = Schema<'GiftView'>;
const GIFT: Gift = {
  token: 'oc_gift',
  state: 'open',
  business: '',
  shop: '',
  value_minor: 12_345_00,
  currency: 'USD',
  recipient_name: 'Maximiliane Freifrau von und zu Hohenlohe-Öttingen',
  recipient_email: 'maximiliane.hohenlohe-oettingen@example.com',
  code: null,
  last_day: null,
  until: '2026-03-09T09:00:00Z',
};
const PAID = { state: 'paid', code: 'ABCD-EFGH-JKMN-PQRS', last_day: '2029-03-02', until: null } as const;

/** A voucher that somebody buys and that stands like this, as far as the page hears. */
const given = (name: string, more: Partial<Gift>, ready: string, query = ''): Screen => ({
  name: `/g/{token}, ${name}`,
  open: async (page) => {
    const { slug, name: business } = await shop(page);
    const gift = { ...GIFT, shop: slug, business, ...more };
    await page.route('**/v1/g/oc_gift{,/payment/look}', (route) => route.fulfill({ json: gift }));
    await page.goto(`/g/oc_gift${query}`);
    await page.locator(ready).first().waitFor();
  },
  close: (page) => page.unrouteAll(),
});

/** Vouchers that are bought online: where that is, and what one has of it. */
export const GIFT_PAGES: Screen[] = [
  {
    name: '/{shop}, with vouchers',
    atEnd: true,
    open: async (page) => {
      const { slug } = await shop(page);
      // The server writes the shop into the page.
      await page.route(`**/${slug}`, async (route) => {
        const answer = await route.fetch();
        const body = (await answer.text()).replace('"sells_vouchers":false', '"sells_vouchers":true');
        await route.fulfill({ response: answer, body });
      });
      await page.goto(`/${slug}`);
      await page.locator(`main a[href="/${slug}/gift"]`).waitFor();
    },
    close: (page) => page.unrouteAll(),
  },
  giving(''),
  giving(', written', {}, written),
  giving(', with faults', {}, faulty),
  giving(', with amounts of many digits', { currency: 'IDR', amounts_minor: [25_000_000_00, 50_000_000_00, 100_000_000_00], most_minor: 100_000_000_00 }),
  giving(', where none is suggested', { amounts_minor: [], months: 12 }),
  {
    name: '/{shop}/gift, where none are sold',
    open: async (page) => {
      const { slug } = await shop(page);
      await page.route('**/v1/public/*/vouchers', problem(404, 'no_vouchers'));
      await page.goto(`/${slug}/gift`);
      await page.locator('main h1').waitFor();
    },
    close: (page) => page.unrouteAll(),
    refusal: 404,
  },
  {
    ...giving(', where cards can’t be taken at the moment'),
    open: async (page) => {
      await giving('').open(page);
      await page.route('**/v1/public/*/vouchers', (route) =>
        route.request().method() === 'GET' ? route.fallback() : problem(503, 'provider_away')(route),
      );
      await page.locator('main form [name=name]').fill('Nina Two');
      await page.locator('main form [name=email]').fill('nina@example.com');
      await page.locator('main form button[type=submit]').click();
      await page.getByRole('alert').waitFor();
    },
    refusal: 503,
  },
  given('to be paid', {}, 'main .wide'),
  given('nothing has arrived', {}, 'main .warn', '?paying=1'),
  given('its payment is on its way', { state: 'processing', until: null }, 'main [role=status] p', '?paying=1'),
  given('paid, and sent to somebody', PAID, 'main .code b'),
  given('paid, to be printed', { ...PAID, recipient_name: '', recipient_email: null }, 'main .code b'),
  given('paid, worth many digits', { ...PAID, currency: 'IDR', value_minor: 100_000_000_00 }, 'main .code b'),
  given('paid long ago', { ...PAID, code: null }, 'main .voucher-card'),
  given('never paid', { state: 'over', until: null }, 'main a.button'),
  {
    name: '/g/{token}, nothing behind it',
    open: async (page) => {
      await page.goto('/g/oc_nothing');
      await page.locator('main h1').waitFor();
    },
    refusal: 404,
  },
];
