import { expect, test } from '../support/bench';
import { call, owner } from '../support/people';
import { once, weekly } from '../support/series';

interface Slots {
  slots: { local: string }[];
}

test('a change of the rules shows in the times that customers are offered, and is taken back', async ({ page }) => {
  await owner(page);
  const { slug, time_zone } = await call<{ slug: string; time_zone: string }>(page, 'GET', '/v1/tenant');
  const { items } = await call<{ items: { id: string; staff_per_customer: number }[] }>(page, 'GET', '/v1/services');
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' }).format(new Date());
  const until = new Date(Date.parse(`${today}T00:00:00Z`) + 40 * 86_400_000).toISOString().slice(0, 10);
  const path = `/v1/public/${slug}/slots?services=${items[0]?.id}&from=${today}&to=${until}`;
  const offered = async () => (await call<Slots>(page, 'GET', path)).slots;
  const days = (slots: Slots['slots']) => new Set(slots.map(({ local }) => local.slice(0, 10))).size;
  expect(days(await offered())).toBeGreaterThan(8);

  await page.goto('/app/rules');
  await page.getByLabel('Days ahead at most').fill('7');
  await page.getByLabel('Time between starts').selectOption('60 minutes');
  await page.getByLabel('Where starts lie').selectOption('by the clock');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved. New visits follow these rules.')).toBeVisible();

  await expect.poll(async () => days(await offered())).toBeLessThanOrEqual(8);
  expect((await offered()).every(({ local }) => local.endsWith(':00'))).toBe(true);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('The rules are as before.')).toBeVisible();
  await expect.poll(async () => days(await offered())).toBeGreaterThan(8);
});

test('whom a nearer horizon leaves out is shown before it is saved, and stays booked', async ({ page }) => {
  await owner(page);
  const shop = await weekly(page);
  const { id } = await once(page, shop, 2, 'Ana Lima');
  const days = async () => (await call<{ horizon_days: number }>(page, 'GET', '/v1/booking-policy')).horizon_days;
  const before = await days();
  await page.goto('/app/rules');
  await page.getByLabel('Days ahead at most').fill('7');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const broken = page.getByRole('dialog', { name: 'This visit no longer fits' });
  await expect(broken).toContainText('Ana Lima');
  await expect(broken).toContainText('Further ahead than customers could book');
  await broken.getByRole('button', { name: 'Don’t save' }).click();
  await expect(broken).toHaveCount(0);
  expect(await days()).toBe(before);
  await expect(page.getByLabel('Days ahead at most')).toHaveValue('7');

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await broken.getByRole('button', { name: 'Save, and leave 1 as it is' }).click();
  await expect(page.getByText('Saved. New visits follow these rules.')).toBeVisible();
  expect(await days()).toBe(7);
  const visit = await call<{ status: string; starts_at: string }>(page, 'GET', `/v1/appointments/${id}`);
  expect(visit.status).toBe('confirmed');
  expect(Date.parse(visit.starts_at)).toBe(Date.parse(shop.weeks[2]?.start ?? ''));
});
