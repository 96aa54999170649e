import { expect, type Locator, type Page } from '@playwright/test';
import { call } from './people';

export interface Named {
  id: string;
  name: string;
}
export interface Skilled extends Named {
  skills: { service_id: string }[];
}
interface Slots {
  slots: { start: string; local: string }[];
}
export interface Shop {
  location: Named;
  service: Named;
  staff: Skilled;
  day: string;
  slots: { start: string; local: string }[];
}

/** What the starter kit has, and a day on which somebody has time from the morning on. */
export async function shopOf(page: Page): Promise<Shop> {
  const [location] = (await call<{ items: Named[] }>(page, 'GET', '/v1/locations')).items;
  const staff = (await call<{ items: Skilled[] }>(page, 'GET', '/v1/staff')).items.find(({ skills }) => skills.length > 0);
  const services = (await call<{ items: (Named & { duration_minutes: number })[] }>(page, 'GET', '/v1/services')).items;
  const service = services.find(({ id }) => staff?.skills.some(({ service_id }) => service_id === id));
  if (!location || !staff || !service) throw new Error('the starter kit has a place, staff and services');
  for (let ahead = 2; ahead < 9; ahead += 1) {
    const day = new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
    const query = `location=${location.id}&services=${service.id}&staff=${staff.id}&from=${day}&to=${day}`;
    const { slots } = await call<Slots>(page, 'GET', `/v1/availability?${query}`);
    if (slots.length > 8) return { location, service, staff, day, slots };
  }
  throw new Error('somebody has time within a week');
}

export const book = (page: Page, { location, service, staff, slots }: Shop, at: number, name: string): Promise<{ id: string }> =>
  call(page, 'POST', '/v1/appointments', {
    location: location.id,
    start: slots[at]?.start,
    wanted: { services: [{ service: service.id, staff: staff.id }] },
    customer: { name },
  });

export const visit = (page: Page, name: RegExp) => page.getByRole('region', { name: 'The day’s visits in columns' }).getByRole('link', { name });

/** What a visit says, once it is known of whoever comes that they are new: everybody here is. */
export async function saying(block: Locator): Promise<string> {
  await expect(block).toContainText('First visit');
  return (await block.textContent()) ?? '';
}

/** Minutes from the first of the times that were free to another one. */
export const minutesTo = ({ slots }: Shop, at: number): number =>
  (Date.parse(slots[at]?.start ?? '') - Date.parse(slots[0]?.start ?? '')) / 60_000;

/** Drags a visit down by so many pixels. */
export async function drag(page: Page, name: string, by: number): Promise<void> {
  const block = visit(page, new RegExp(name));
  await block.scrollIntoViewIfNeeded();
  const box = await block.boundingBox();
  if (!box) throw new Error('the visit is on the page');
  await page.mouse.move(box.x + 40, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y + 20);
  await page.mouse.move(box.x + 40, box.y + 8 + by, { steps: 4 });
  await expect(page.locator('.ghost')).toBeVisible();
  await page.mouse.up();
}

/** The column of somebody, or of a room. */
export const column = (page: Page, id: string) => page.locator(`[data-column="${id}"]`);

/** Drags a visit to another column, at the same height. */
export async function dragAside(page: Page, name: string, to: string): Promise<void> {
  const block = visit(page, new RegExp(name));
  await block.scrollIntoViewIfNeeded();
  const [box, aim] = [await block.boundingBox(), await column(page, to).boundingBox()];
  if (!box || !aim) throw new Error('the visit and the column are on the page');
  await page.mouse.move(box.x + 40, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y + 20);
  await page.mouse.move(aim.x + aim.width / 2, box.y + 8, { steps: 5 });
  await expect(column(page, to).locator('.ghost')).toBeVisible();
}
