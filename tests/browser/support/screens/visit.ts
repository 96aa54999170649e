import type { Page } from '@playwright/test';
import { addon, asking, bookAt, change, policy, secondPlace, serviceOf, slots } from '../menu';
import { call } from '../people';
import { bookedVisit, colleague, freeTime, openShop, type Open } from '../shop';
import type { Screen } from './screen';

interface Asking extends Open {
  /** The path of an offer to somebody who waits. */
  offer: string;
}

/** A shop that asks for all that a shop can ask for. */
async function askingShop(page: Page): Promise<Asking> {
  let link = '';
  const shop = await openShop(page, async (desk) => {
    await colleague(desk);
    await addon(desk, 'Hot towels', 500);
    await addon(desk, 'Scalp massage with warm oil of sweet almonds', 2000, 15);
    await asking(desk);
    const { id } = await serviceOf(desk);
    await change(desk, 'PATCH', `/v1/services/${id}`, { max_customers: 2 });
    const { slug } = await call<{ slug: string }>(desk, 'GET', '/v1/tenant');
    const { slot } = await freeTime(desk, slug);
    const day = slot.local.slice(0, 10);
    const wish = { wanted: { services: [{ service: id }] }, first_day: day, last_day: day, name: 'Wanda Waits', email: `wanda-${slug}@example.com` };
    const entry = await call<{ id: string }>(desk, 'POST', '/v1/waitlist', wish);
    ({ link } = await call<{ link: string }>(desk, 'POST', `/v1/waitlist/${entry.id}/offer`, { start: slot.start }));
  });
  return { ...shop, offer: `/o/${link}` };
}

/** One of its kind for all screens of a test. */
function once<T>(make: (page: Page) => Promise<T>): (page: Page) => Promise<T> {
  const made = new WeakMap<Page, Promise<T>>();
  return (page) => {
    const one = made.get(page) ?? make(page);
    made.set(page, one);
    return one;
  };
}
const askingOf = once(askingShop);
const plainOf = once((page) => openShop(page));
const placesOf = once((page) => openShop(page, (desk) => secondPlace(desk, 'Paris', 'Europe/Paris')));

const carefulOf = once((page) => openShop(page, (desk) => policy(desk, { needs_approval: true })));
const emptyOf = once((page) =>
  openShop(page, async (desk) => {
    const { items } = await call<{ items: { id: string }[] }>(desk, 'GET', '/v1/services');
    for (const { id } of items) await call(desk, 'DELETE', `/v1/services/${id}`);
  }),
);

const rows = (page: Page) => page.locator('main section li button');

async function menuOf(page: Page, { slug }: Open): Promise<void> {
  await page.goto(`/${slug}`);
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await rows(page).first().waitFor();
}

/** On to the times, where nobody is to be chosen. */
async function times(page: Page, shop: Open): Promise<void> {
  await menuOf(page, shop);
  await rows(page).first().click();
  await page.locator('input[name="day"], fieldset [type=radio]').first().waitFor();
  await rows(page).first().waitFor();
}

async function formsWithFaults(page: Page): Promise<void> {
  await menuOf(page, await askingOf(page));
  await rows(page).first().click();
  await page.locator('[name=party]').first().waitFor();
  await page.locator('.now .button').click();
  await page.locator('main ul li button i').first().waitFor();
  await page.locator('main ul li button').first().click();
  await rows(page).last().click();
  await page.locator('#who section').first().waitFor();
  await page.locator('button[form=who]').click();
  await page.locator('[data-amiss]').first().waitFor();
}

/** Somebody else is quicker for the time that is tapped. */
async function refused(page: Page): Promise<void> {
  const shop = await plainOf(page);
  const answer = page.waitForResponse(/\/slots\?/);
  await times(page, shop);
  const { slots } = (await (await answer).json()) as { slots: { start: string }[] };
  await bookAt(page, shop.slug, slots[0]?.start ?? '');
  await rows(page).first().click();
  await page.getByRole('alert').waitFor();
}

async function done(page: Page, shop: Open): Promise<void> {
  await times(page, shop);
  await rows(page).last().click();
  await page.locator('[name=name]').fill('Nina Two');
  await page.locator('[name=email]').fill('nina@example.com');
  await page.locator('button[form=who]').click();
  await page.locator('.ticket svg').waitFor();
}

/** Four visits, of which one can't be had. */
async function series(page: Page): Promise<void> {
  const { slug } = await plainOf(page);
  const { slot } = await freeTime(page, slug);
  const next = new Date(Date.parse(`${slot.local.slice(0, 10)}T00:00Z`) + 28 * 86_400_000).toISOString().slice(0, 10);
  const same = (await slots(page, slug, next)).find(({ local }) => local.slice(11, 16) === slot.local.slice(11, 16));
  if (same) await bookAt(page, slug, same.start);
  await page.goto(`${await bookAt(page, slug, slot.start)}?do=again`);
  await page.locator('form button[type=submit]').click();
  await page.locator('ol > li').first().waitFor();
}

async function moved(page: Page): Promise<void> {
  const { slug } = await plainOf(page);
  await page.goto(`${await bookedVisit(page, slug)}?do=move`);
  await rows(page).last().click();
  await page.locator('main [role=status] p').first().waitFor();
  await page.locator('.actions').waitFor();
}

/** Somebody else has the time by now to which one would move. */
async function notMoved(page: Page): Promise<void> {
  const { slug } = await plainOf(page);
  const { slot } = await freeTime(page, slug);
  await page.goto(`${await bookAt(page, slug, slot.start, 'Nina Two')}?do=move`);
  await rows(page).last().waitFor();
  const last = (await slots(page, slug, slot.local.slice(0, 10))).at(-1);
  await bookAt(page, slug, last?.start ?? '');
  await rows(page).last().click();
  await page.getByRole('alert').waitFor();
}

async function cancelled(page: Page): Promise<void> {
  const { slug } = await plainOf(page);
  await page.goto(`${await bookedVisit(page, slug)}?do=cancel`);
  await page.locator('form button[type=submit]').click();
  await page.locator('.off').waitFor();
}

async function notes(page: Page): Promise<void> {
  const { slug } = await plainOf(page);
  await page.route('**/v1/b/*/push', (route) => route.fulfill({ json: { public_key: `B${'A'.repeat(86)}` } }));
  await page.goto(`${await bookedVisit(page, slug)}?do=messages`);
  await page.locator('[role=switch]:enabled').waitFor();
}

/** What customers see who want more than most, and what they come back to. */
export const VISIT: Screen[] = [
  {
    name: '/{shop}, where',
    open: async (page) => {
      await page.goto(`/${(await placesOf(page)).slug}?step=where`);
      await page.locator('main ul.rows li button').first().waitFor();
    },
  },
  {
    name: '/{shop}, extras and how many',
    open: async (page) => {
      await menuOf(page, await askingOf(page));
      await rows(page).first().click();
      await page.locator('main [type=checkbox]').first().check();
    },
  },
  { name: '/{shop}, who, with forms and faults', open: formsWithFaults },
  { name: '/{shop}, a time that is taken', open: refused, refusal: 409 },
  { name: '/{shop}, done', open: async (page) => done(page, await plainOf(page)) },
  { name: '/{shop}, asked for', open: async (page) => done(page, await carefulOf(page)) },
  {
    name: '/b/{token}, asked for',
    open: async (page) => {
      await page.goto(await bookedVisit(page, (await carefulOf(page)).slug));
      await page.locator('dl').waitFor();
    },
  },
  {
    name: '/{shop}, with nothing to be had',
    open: async (page) => {
      await page.goto(`/${(await emptyOf(page)).slug}`);
      await page.locator('main h1').waitFor();
    },
  },
  {
    name: '/{shop}, the waiting list, with faults',
    open: async (page) => {
      const shop = await plainOf(page);
      await times(page, shop);
      await page.goto(`/${shop.slug}?step=wait`);
      await page.locator('form button[type=submit]').click();
      await page.locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: '/o/{token}, with forms and faults',
    open: async (page) => {
      await page.goto((await askingOf(page)).offer);
      await page.locator('form button[type=submit]').click();
      await page.locator('[data-amiss]').first().waitFor();
    },
  },
  { name: '/b/{token}?do=again, the times', open: series },
  { name: '/b/{token}, moved', open: moved },
  { name: '/b/{token}?do=move, a time that is taken', open: notMoved, refusal: 409 },
  { name: '/b/{token}, cancelled', open: cancelled },
  { name: '/b/{token}?do=messages, with notes', open: notes },
  {
    name: '/b/{token}, nothing behind it',
    open: async (page) => {
      await page.goto('/b/oc_vi_nothing');
      await page.locator('main h1').waitFor();
    },
    refusal: 404,
  },
];
