import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { book, drag, minutesTo, shopOf, visit, type Named, type Shop } from '../support/day';
import { dayIn, secondPlace, serviceOf } from '../support/menu';
import { call, owner } from '../support/people';
import { openLine } from '../support/queue';

const ZONE = 'Asia/Tokyo';

interface Far {
  id: string;
  staff: string;
}

/** A shop that has a second place on the other side of the world, with somebody of its own. */
async function twoPlaces(page: Page): Promise<{ shop: Shop; far: Far }> {
  await owner(page);
  const shop = { ...(await shopOf(page)), service: await serviceOf(page) };
  await secondPlace(page, 'Grotto', ZONE);
  const places = (await call<{ items: Named[] }>(page, 'GET', '/v1/locations')).items;
  const people = (await call<{ items: Named[] }>(page, 'GET', '/v1/staff')).items;
  const id = places.find(({ name }) => name === 'Grotto')?.id ?? '';
  return { shop, far: { id, staff: people.find(({ name }) => name === 'Faye Farr')?.id ?? '' } };
}

/** A visit at the far place, at half past nine in the morning there. */
async function bookFar(page: Page, { service }: Shop, far: Far, name: string): Promise<{ id: string; day: string; customer: string }> {
  const day = dayIn(12, ZONE);
  const query = `location=${far.id}&services=${service.id}&from=${day}&to=${day}`;
  const { slots } = await call<{ slots: { start: string; local: string }[] }>(page, 'GET', `/v1/availability?${query}`);
  const slot = slots.find(({ local }) => local.includes('T09:30'));
  if (!slot) throw new Error('Faye Farr has time then');
  const made = await call<{ id: string; customer: { id: string } }>(page, 'POST', '/v1/appointments', {
    location: far.id,
    start: slot.start,
    wanted: { services: [{ service: service.id, staff: far.staff }] },
    customer: { name },
  });
  return { id: made.id, day, customer: made.customer.id };
}

test('a customer’s visit is told on the clock of its place, and its link leads there', async ({ page }) => {
  const { shop, far } = await twoPlaces(page);
  const { day, customer } = await bookFar(page, shop, far, 'Nina West');
  // This device looks at the first place.
  await page.goto(`/app/day/${shop.day}`);
  await expect(page.getByLabel('Which location?')).toHaveValue(shop.location.id);

  await page.goto(`/app/customers/${customer}`);
  const told = page.getByRole('listitem').filter({ hasText: '9:30' });
  await expect(told).toHaveCount(1);
  await told.getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/app/day/${day}\\?`));
  await expect(page.getByRole('dialog')).toContainText('Nina West');
  await page.keyboard.press('Escape');
  await expect(page.getByLabel('Which location?')).toHaveValue(far.id);
  await expect(visit(page, /Nina West/)).toBeVisible();
  // It goes on remembering its own.
  await page.goto(`/app/day/${shop.day}`);
  await expect(page.getByLabel('Which location?')).toHaveValue(shop.location.id);
});

test('a visit is moved to another place by the dialog, and back by a press', async ({ page }) => {
  const { shop, far } = await twoPlaces(page);
  const { id } = await book(page, shop, 0, 'Nina West');
  const placeOf = async () => {
    const { location, lines } = await call<{ location: string; lines: { staff: string }[] }>(page, 'GET', `/v1/appointments/${id}`);
    return [location, ...lines.map(({ staff }) => staff)];
  };
  await page.goto(`/app/day/${shop.day}?visit=${id}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Move' }).click();
  const dialog = page.getByRole('dialog', { name: 'Where does Nina West’s visit go?' });
  await dialog.getByLabel('Which location?').selectOption(far.id);
  // Whoever has it doesn't work there.
  await expect(dialog.getByLabel('By whom?')).toHaveValue('');
  await expect(dialog.getByLabel('By whom?').getByRole('option')).toHaveText(['Anybody who can', 'Faye Farr']);
  await dialog.getByRole('list', { name: 'Times' }).getByRole('button').first().click();
  await dialog.getByRole('button', { name: 'Move it' }).click();
  await expect(page.getByText('Nina West’s visit is moved.')).toBeVisible();
  await expect(visit(page, /Nina West/)).toHaveCount(0);
  await expect.poll(placeOf).toEqual([far.id, far.staff]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(visit(page, /Nina West/)).toBeVisible();
  await expect.poll(placeOf).toEqual([shop.location.id, shop.staff.id]);
});

test('a visit that has gone elsewhere since is shown where it is, and one that isn’t there is missed kindly', async ({ page, guard }) => {
  guard.allow(404);
  const { shop, far } = await twoPlaces(page);
  const { id, day } = await bookFar(page, shop, far, 'Nina West');
  await page.goto(`/app/day/${shop.day}?visit=${id}&at=${shop.location.id}`);
  await expect(page).toHaveURL(new RegExp(`/app/day/${day}\\?visit=${id}&at=${far.id}`));
  await expect(page.getByRole('dialog')).toContainText('Nina West');

  await page.goto(`/app/day/${shop.day}?visit=apt_${'0'.repeat(26)}`);
  await expect(page.getByText('That visit isn’t in the book any more, or isn’t yours to see.')).toBeVisible();
});

test('a visit that is carried on before the answer is there goes where it was put last', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  const { id } = await book(page, shop, 0, 'Nina West');
  await page.goto(`/app/day/${shop.day}`);
  await expect(visit(page, /Nina West/)).toBeVisible();
  let answer = () => {};
  const asked = new Promise<void>((done) => (answer = done));
  let held = 0;
  await page.route('**/move', async (route) => {
    held += 1;
    if (held === 1) await asked;
    await route.continue();
  });
  const by = minutesTo(shop, 2) * 1.4;
  await drag(page, 'Nina West', by);
  await expect.poll(() => held).toBe(1);
  await drag(page, 'Nina West', by);
  answer();
  await expect(page.getByText('Nina West’s visit is moved.')).toBeVisible();
  expect(held).toBe(2);
  const { starts_at } = await call<{ starts_at: string }>(page, 'GET', `/v1/appointments/${id}`);
  expect(Date.parse(starts_at)).toBe(Date.parse(shop.slots[4]?.start ?? ''));
  await expect(page.getByText(/was quicker/)).toHaveCount(0);
});

test('what is put on the menu can be booked at once', async ({ page }) => {
  await owner(page);
  await page.goto('/app');
  const choose = async () => {
    await page.getByRole('button', { name: 'New visit' }).click();
    return page.getByRole('dialog', { name: 'Who’s booking?' });
  };
  await expect((await choose()).getByText('Relaxing massage').first()).toBeAttached();
  await page.keyboard.press('Escape');
  // By links only: nothing is loaded anew.
  const pages = page.getByRole('navigation', { name: 'Pages', exact: true });
  await pages.getByRole('link', { name: 'Services', exact: true }).click();
  await page.getByRole('link', { name: 'New service' }).click();
  await page.getByLabel('What is it called?').fill('Moonlight facial');
  await page.getByRole('button', { name: '45 min' }).click();
  await page.getByLabel('What does it cost?').fill('72.50');
  await page.getByRole('button', { name: 'Put it on the menu' }).click();
  await expect(page.getByRole('link', { name: 'Moonlight facial' })).toBeVisible();
  await pages.getByRole('link', { name: 'Today', exact: true }).click();
  await expect((await choose()).getByText('Moonlight facial').first()).toBeAttached();
});

test('what is typed of a business stays while something beside it is saved', async ({ page }) => {
  await owner(page);
  const tenant = await call<{ version: number }>(page, 'GET', '/v1/tenant');
  await page.route('**/v1/tenant/security', (route) =>
    route.fulfill({ json: { ...tenant, version: tenant.version + 1, require_two_factor: true } }),
  );
  await page.goto('/app/settings');
  const name = page.getByLabel('Business name');
  await name.fill('The quiet heron');
  await page.getByRole('button', { name: 'Require it of everybody' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(name).toHaveValue('The quiet heron');
});

test('who walks in is found among the customers, called, and put back by a press', async ({ page }) => {
  const line = await openLine(page);
  const { id } = await call<{ id: string }>(page, 'POST', '/v1/customers', { name: 'Noor Karim', phone: '+12125550143' });
  await page.goto('/app');
  const strip = page.getByRole('complementary', { name: 'Who’s waiting?' });
  await strip.getByRole('button', { name: 'Add walk-in' }).click();
  const form = page.getByRole('dialog', { name: 'Who’s walking in?' });
  await form.getByRole('textbox', { name: 'Who?' }).fill('+1 212 555 0143');
  await form.getByRole('list', { name: 'Who is known' }).getByRole('button', { name: /Noor Karim/ }).click();
  await form.getByRole('checkbox', { name: line.service.name }).first().check();
  await form.getByRole('button', { name: 'Put into the line' }).click();
  await page.getByRole('dialog', { name: / is in line$/ }).getByRole('button', { name: 'Done' }).click();
  const entries = async () =>
    (await call<{ entries: { state: string; customer: string }[] }>(page, 'GET', `/v1/queue?location=${line.location}`)).entries;
  expect(await entries()).toMatchObject([{ state: 'waiting', customer: id }]);

  await strip.getByRole('button', { name: /^Call/ }).click();
  await expect.poll(entries).toMatchObject([{ state: 'called' }]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(entries).toMatchObject([{ state: 'waiting' }]);
  await expect(strip.getByRole('button', { name: /^Call/ })).toBeVisible();
});
