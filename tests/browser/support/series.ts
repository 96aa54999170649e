import type { Page } from '@playwright/test';
import { call } from './people';

interface Named {
  id: string;
  name: string;
}
interface Slot {
  start: string;
  local: string;
}
export interface Weekly {
  location: Named;
  service: Named;
  staff: Named;
  /** A day, and a time that is free on it and in the three weeks after it. */
  day: string;
  weeks: Slot[];
}

const WEEK = 7;

/** What the starter kit has, and a time that somebody has free every week. */
export async function weekly(page: Page): Promise<Weekly> {
  const [location] = (await call<{ items: Named[] }>(page, 'GET', '/v1/locations')).items;
  type Skilled = Named & { skills: { service_id: string }[] };
  const staff = (await call<{ items: Skilled[] }>(page, 'GET', '/v1/staff')).items.find(({ skills }) => skills.length > 0);
  const { items: services } = await call<{ items: Named[] }>(page, 'GET', '/v1/services');
  const service = services.find(({ id }) => staff?.skills.some(({ service_id }) => service_id === id));
  if (!location || !staff || !service) throw new Error('the starter kit has a place, staff and services');
  const dayIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const free = async (day: string) => {
    const query = `location=${location.id}&services=${service.id}@${staff.id}&from=${day}&to=${day}`;
    return (await call<{ slots: Slot[] }>(page, 'GET', `/v1/availability?${query}`)).slots;
  };
  for (let ahead = 2; ahead < 9; ahead += 1) {
    const all = await Promise.all([0, 1, 2, 3].map((week) => free(dayIn(ahead + week * WEEK))));
    const clock = all[0]?.map(({ local }) => local.slice(11)).find((time, at) => at > 1 && all.every((slots) => slots.some(({ local }) => local.endsWith(time))));
    if (clock === undefined) continue;
    const weeks = all.map((slots) => slots.find(({ local }) => local.endsWith(clock))).filter((slot) => slot !== undefined);
    return { location, service, staff, day: dayIn(ahead), weeks };
  }
  throw new Error('somebody has the same time free every week');
}

const wanted = ({ service, staff }: Weekly) => ({ services: [{ service: service.id, staff: staff.id }] });

/** One visit in one of these weeks. */
export const once = (page: Page, shop: Weekly, week: number, name: string): Promise<{ id: string }> =>
  call(page, 'POST', '/v1/appointments', {
    location: shop.location.id,
    start: shop.weeks[week]?.start,
    wanted: wanted(shop),
    customer: { name },
  });

/** A series of four, every week. Gives its id. */
export const series = async (page: Page, shop: Weekly, name: string): Promise<string> => {
  const body = { location: shop.location.id, start: shop.weeks[0]?.start, wanted: wanted(shop), customer: { name }, every: 'week', step: 1, count: 4 };
  return (await call<{ id: string }>(page, 'POST', '/v1/series', body)).id;
};

/** Opens the dialog in which a visit of this shop is booked that comes again, every week, four times. */
export async function askForSeries(page: Page, shop: Weekly, name: string): Promise<void> {
  await page.goto(`/app/day/${shop.day}?new`);
  const dialog = page.locator('dialog[open]');
  await dialog.getByRole('textbox').first().fill(name);
  await dialog.locator('select').first().selectOption(shop.service.id);
  await dialog.locator('.pair select').first().selectOption(shop.staff.id);
  await dialog.locator('input[type=time]').fill(shop.weeks[0]?.local.slice(11) ?? '');
  await dialog.locator('input[type=checkbox]').last().check();
  await dialog.locator('li.occurrence').nth(3).waitFor();
}
