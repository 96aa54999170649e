import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { book, column, dragAside, saying, shopOf, visit, type Named } from '../support/day';
import { change } from '../support/menu';
import { call, owner } from '../support/people';
import { colleague } from '../support/shop';

interface Line {
  staff: string;
  room?: string;
}
const linesOf = async (page: Page, id: string) => (await call<{ lines: Line[] }>(page, 'GET', `/v1/appointments/${id}`)).lines;

/** Whom customers can choose besides. */
async function another(page: Page, first: Named): Promise<Named> {
  const { items } = await call<{ items: Named[] }>(page, 'GET', '/v1/staff');
  const found = items.find(({ id }) => id !== first.id);
  if (!found) throw new Error('there are two');
  return found;
}

test('a visit is carried to somebody else, and back by a press', async ({ page }) => {
  await owner(page);
  await colleague(page);
  const shop = await shopOf(page);
  const other = await another(page, shop.staff);
  const { id } = await book(page, shop, 2, 'Nina West');
  await page.goto(`/app/day/${shop.day}`);
  const of = (who: Named) => column(page, who.id).getByRole('link', { name: /Nina West/ });
  await expect(of(shop.staff)).toBeVisible();
  await dragAside(page, 'Nina West', other.id);
  await page.mouse.up();
  await expect(page.getByText('Nina West’s visit is moved.')).toBeVisible();
  await expect(of(other)).toBeVisible();
  await expect(of(shop.staff)).toHaveCount(0);
  expect((await linesOf(page, id)).map(({ staff }) => staff)).toEqual([other.id]);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(of(shop.staff)).toBeVisible();
  await expect.poll(async () => (await linesOf(page, id)).map(({ staff }) => staff)).toEqual([shop.staff.id]);
});

test('by rooms, a visit is carried to another one, and nobody else has it', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  for (const name of ['Lagoon', 'Reef']) await call(page, 'POST', '/v1/rooms', { location_id: shop.location.id, name });
  await change(page, 'PATCH', `/v1/services/${shop.service.id}`, { needs_room: true });
  const { id } = await book(page, shop, 2, 'Nina West');
  const [line] = await linesOf(page, id);
  const rooms = (await call<{ items: Named[] }>(page, 'GET', '/v1/rooms')).items;
  const [there] = rooms.filter((room) => ['Lagoon', 'Reef'].includes(room.name) && room.id !== line?.room);
  if (!line?.room || !there) throw new Error('the visit has a room, and there is another one');

  await page.goto(`/app/day/${shop.day}`);
  await page.getByRole('group', { name: 'Columns' }).getByRole('button', { name: 'Rooms' }).click();
  await expect(page.getByRole('button', { name: 'Rooms', pressed: true })).toBeVisible();
  const inRoom = (room: string) => column(page, room).getByRole('link', { name: /Nina West/ });
  await expect(inRoom(line.room)).toBeVisible();
  await dragAside(page, 'Nina West', there.id);
  await page.mouse.up();
  await expect(page.getByText('Nina West’s visit is moved.')).toBeVisible();
  await expect(inRoom(there.id)).toBeVisible();
  expect(await linesOf(page, id)).toMatchObject([{ room: there.id, staff: line.staff }]);
  // The device knows how its desk looks at the day.
  await page.reload();
  await expect(inRoom(there.id)).toBeVisible();
});

test('onto somebody who is taken, it goes back with the reason, and can be put there all the same', async ({ page, guard }) => {
  guard.allow(409);
  await owner(page);
  await colleague(page);
  const shop = await shopOf(page);
  const other = await another(page, shop.staff);
  const { id } = await book(page, shop, 0, 'Nina West');
  await book(page, { ...shop, staff: { ...shop.staff, ...other } }, 0, 'Kai North');
  await page.goto(`/app/day/${shop.day}`);
  const block = visit(page, /Nina West/);
  const before = await saying(block);
  await dragAside(page, 'Nina West', other.id);
  await expect(page.locator('.ghost')).toContainText('Taken');
  await page.mouse.up();
  const refusal = page.getByRole('alert').filter({ hasText: 'Nina West’s visit stays at' });
  await expect(refusal).toContainText(`${other.name} is with Kai North then.`);
  await expect(column(page, shop.staff.id).getByRole('link', { name: /Nina West/ })).toHaveText(before);
  expect((await linesOf(page, id)).map(({ staff }) => staff)).toEqual([shop.staff.id]);

  await refusal.getByRole('button', { name: 'Put it there anyway' }).click();
  await expect(page.getByText('Nina West’s visit is moved.')).toBeVisible();
  await expect(column(page, other.id).getByRole('link')).toHaveCount(2);
  await expect(refusal).toHaveCount(0);
});
