import { expect, test } from '../support/bench';
import { call, owner } from '../support/people';

interface Slots {
  slots: { start: string; local: string }[];
}

test('closing a day lists the visits that no longer fit, moves them, and takes the times away', async ({ page }) => {
  await owner(page);
  const { slug, time_zone } = await call<{ slug: string; time_zone: string }>(page, 'GET', '/v1/tenant');
  const { items } = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/services');
  const service = items[0]?.id ?? '';
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' }).format(new Date());
  const later = (count: number) => new Date(Date.parse(`${today}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
  const { slots } = await call<Slots>(page, 'GET', `/v1/availability?services=${service}&from=${later(3)}&to=${later(12)}`);
  const slot = slots[0] as Slots['slots'][number];
  const day = slot.local.slice(0, 10);
  const wanted = { services: [{ service }] };
  await call(page, 'POST', '/v1/appointments', { start: slot.start, wanted, customer: { name: 'Minh Tran' } });

  await page.goto('/app/places');
  await page.getByRole('button', { name: 'Add a closure' }).click();
  const dialog = page.getByRole('dialog', { name: 'When do you close?' });
  await dialog.getByLabel('First day').fill(day);
  await dialog.getByLabel('Reason').fill('New floor');
  await dialog.getByRole('button', { name: 'Close on these days' }).click();
  const broken = page.getByRole('dialog', { name: 'This visit no longer fits' });
  await expect(broken).toContainText('Minh Tran');
  await broken.getByRole('button', { name: /^Move to/ }).first().click();
  const settled = page.getByRole('dialog', { name: 'Everybody has a place again' });
  await settled.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('region', { name: 'When does the door stay shut?' })).toContainText('New floor');

  const path = `/v1/public/${slug}/slots?services=${service}&from=${day}&to=${day}`;
  await expect.poll(async () => (await call<Slots>(page, 'GET', path)).slots.length).toBe(0);
  await page.getByRole('button', { name: /^Take back/ }).click();
  await expect(page.getByText('The door is open then, as usual.')).toBeVisible();
  await expect.poll(async () => (await call<Slots>(page, 'GET', path)).slots.length).toBeGreaterThan(0);
});

test('a room is added with what it has, put out of use and brought back', async ({ page }) => {
  await owner(page);
  const { items } = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/locations');
  await page.goto(`/app/places/${items[0]?.id}?part=rooms`);
  await page.getByRole('button', { name: 'Add a room' }).click();
  const dialog = page.getByRole('dialog', { name: 'Which room is new?' });
  await dialog.getByLabel('Name', { exact: true }).fill('Grotto');
  await dialog.getByLabel('Places').fill('2');
  await dialog.getByRole('button', { name: 'Add a feature' }).click();
  await expect(dialog.getByLabel('Feature 1')).toBeFocused();
  await page.keyboard.type('steam');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'Grotto' });
  await expect(row).toContainText('for 2 customers');
  await expect(row).toContainText('steam');

  await page.getByRole('button', { name: 'Change Grotto' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take out of use' }).click();
  await expect(page.getByText('Grotto is out of use.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Change Grotto' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Change Grotto' })).toBeVisible();
});
