import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { call, owner } from '../support/people';

interface Listed<T> {
  items: T[];
}
interface Service {
  id: string;
  name: string;
  duration_minutes: number;
}
interface Staff {
  id: string;
  name: string;
  version: number;
  skills: { service_id: string }[];
}
interface Slots {
  slots: { start: string; local: string }[];
}

const plus = (day: string, count: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);

/** Today on the shop's calendar, and its address. */
async function shop(page: Page): Promise<{ today: string; slug: string }> {
  const { time_zone, slug } = await call<{ time_zone: string; slug: string }>(page, 'GET', '/v1/tenant');
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' }).format(new Date());
  return { today, slug };
}

/** A page of somebody, once it can be used. */
const look = (page: Page, staff: { id: string }, part: string) => page.goto(`/app/staff/${staff.id}?part=${part}`);

test('somebody new gets skills and hours, and can be booked', async ({ page }) => {
  await owner(page);
  const { today, slug } = await shop(page);
  const services = await call<Listed<Service>>(page, 'GET', '/v1/services');
  const service = services.items.find(({ duration_minutes }) => duration_minutes <= 90) as Service;

  await page.goto('/app/staff');
  await page.getByRole('button', { name: 'Add somebody' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Noor Aziz');
  await dialog.getByRole('button', { name: 'Add to the staff' }).click();
  await expect(page.getByRole('heading', { name: 'What can Noor Aziz do?' })).toBeVisible();

  const search = page.getByLabel('Find a service');
  if (await search.isVisible()) await search.fill(service.name);
  const box = page.getByRole('checkbox', { name: service.name, exact: true });
  if (!(await box.isVisible())) await page.getByRole('button', { name: /Show/ }).first().click();
  await box.check();
  await page.getByLabel(`${service.name}: minutes with them`).fill('40');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  await page.getByRole('link', { name: 'Week', exact: true }).click();
  await expect(page.getByText('Noor Aziz has no hours yet')).toBeVisible();
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) {
    await page.getByRole('checkbox', { name: day }).check();
  }
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Noor Aziz has no hours yet')).toHaveCount(0);

  const { items } = await call<Listed<Staff>>(page, 'GET', '/v1/staff');
  const made = items.find(({ name }) => name === 'Noor Aziz');
  expect(made?.skills).toHaveLength(1);
  const query = `services=${service.id}@${made?.id}&from=${today}&to=${plus(today, 10)}`;
  await expect
    .poll(async () => (await call<Slots>(page, 'GET', `/v1/public/${slug}/slots?${query}`)).slots.length)
    .toBeGreaterThan(0);
});

test('a day off lists the visits that no longer fit, and moves one', async ({ page }) => {
  await owner(page);
  const { today } = await shop(page);
  const staff = await call<Listed<Staff>>(page, 'GET', '/v1/staff');
  const who = staff.items.find(({ skills }) => skills.length > 0) as Staff;
  // In the order of the menu: skills have none, and the first of them may be one for two.
  const services = (await call<Listed<{ id: string }>>(page, 'GET', '/v1/services')).items;
  const service = services.find(({ id }) => who.skills.some(({ service_id }) => service_id === id))?.id ?? '';
  const query = `services=${service}@${who.id}&from=${plus(today, 3)}&to=${plus(today, 12)}`;
  const { slots } = await call<Slots>(page, 'GET', `/v1/availability?${query}`);
  const slot = slots[0] as Slots['slots'][number];
  await call(page, 'POST', '/v1/appointments', {
    start: slot.start,
    wanted: { services: [{ service, staff: who.id }] },
    customer: { name: 'Ana Lima' },
  });

  await look(page, who, 'days');
  const day = slot.local.slice(0, 10);
  if (!day.startsWith(today.slice(0, 7))) await page.getByRole('button', { name: 'Next month' }).click();
  await page.locator(`[data-day="${day}"]`).click();
  await page.getByRole('radio', { name: 'Off' }).check();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  const broken = page.getByRole('dialog', { name: 'This visit no longer fits' });
  await expect(broken).toContainText('Ana Lima');
  await expect(broken).toContainText('They don’t work then');
  await broken.getByRole('button', { name: /^Move to/ }).first().click();
  const settled = page.getByRole('dialog', { name: 'Everybody has a place again' });
  await expect(settled).toContainText('Moved to');
  await settled.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator(`[data-day="${day}"]`)).toHaveAccessibleName(/Off, hours of its own/);
});

test('a week is changed by the keyboard alone, over midnight too', async ({ page }) => {
  await owner(page);
  const { items } = await call<Listed<Staff>>(page, 'GET', '/v1/staff');
  const who = items[0] as Staff;
  const locations = await call<Listed<{ id: string }>>(page, 'GET', '/v1/locations');
  const monday = [{ weekday: 1, opens: '10:00', closes: '14:00' }];
  await page.request.put(`/v1/staff/${who.id}/hours`, {
    headers: { 'If-Match': `"${who.version}"`, Origin: new URL(page.url()).origin },
    data: { locations: [{ location_id: locations.items[0]?.id, work: monday, breaks: [] }] },
  });

  await look(page, who, 'week');
  await page.getByRole('button', { name: 'Add hours Monday' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Monday 2, from')).toBeFocused();
  await page.keyboard.type('1100AM');
  await expect(page.getByText('This overlaps other hours.')).toBeVisible();
  // Whoever stays in a field stays in its last part.
  await page.getByLabel('Monday 2, until').focus();
  await page.getByLabel('Monday 2, from').focus();
  await page.keyboard.type('0800PM');
  await page.getByLabel('Monday 2, until').focus();
  await page.keyboard.type('0200AM');
  await expect(page.getByText('until the next day')).toBeVisible();
  await expect(page.getByText('This overlaps other hours.')).toHaveCount(0);

  await page.getByRole('button', { name: 'Copy to… Monday' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('checkbox', { name: 'Tuesday' }).first()).toBeFocused();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Copy', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Copy to… Monday' })).toBeFocused();
  await page.getByRole('button', { name: 'Remove Monday 2', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Monday, from')).toBeFocused();
  await page.getByRole('button', { name: 'Save', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved.')).toBeVisible();

  const after = await call<{ hours: { work: unknown[] }[] }>(page, 'GET', `/v1/staff/${who.id}`);
  expect(after.hours[0]?.work).toEqual([
    { weekday: 1, opens: '10:00', closes: '14:00' },
    { weekday: 2, opens: '10:00', closes: '14:00' },
    { weekday: 2, opens: '20:00', closes: '02:00' },
  ]);
});

test('the staff are put in order by the keyboard, and a stale page says so', async ({ page, guard }) => {
  guard.allow(412);
  await owner(page);
  await call(page, 'POST', '/v1/staff', { name: 'Zoe Last' });
  await page.goto('/app/staff');
  await page.getByRole('button', { name: 'Reorder' }).click();
  await page.getByRole('button', { name: 'Move Zoe Last with the arrow keys' }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText(/Zoe Last is number \d+ of \d+ now/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Move Zoe Last with the arrow keys' })).toBeFocused();
  const { items } = await call<Listed<Staff>>(page, 'GET', '/v1/staff');
  expect(items.findIndex(({ name }) => name === 'Zoe Last')).toBe(items.length - 2);

  const zoe = items.find(({ name }) => name === 'Zoe Last') as Staff;
  await look(page, zoe, 'about');
  await page.getByLabel('Title', { exact: true }).fill('Therapist');
  await page.request.patch(`/v1/staff/${zoe.id}`, {
    headers: { 'If-Match': `"${zoe.version}"`, Origin: new URL(page.url()).origin },
    data: { name: 'Zoe First' },
  });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Load it again' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Zoe First');
});
