import type { Page } from '@playwright/test';
import { call, owner } from './people';

export interface Open {
  slug: string;
  name: string;
  zone: string;
}

/** A shop of one's own that takes bookings. Whoever looks at it next isn't signed in. */
export async function openShop(page: Page, more: (page: Page) => Promise<unknown> = async () => undefined): Promise<Open> {
  await owner(page);
  const { slug, name, time_zone } = await call<{ slug: string; name: string; time_zone: string }>(page, 'GET', '/v1/tenant');
  await more(page);
  await page.context().clearCookies();
  return { slug, name, zone: time_zone };
}

/** Somebody else in the team whom customers can choose, who does and works what the owner does. */
export async function colleague(page: Page, name = 'Jun Park'): Promise<void> {
  type Hours = { location_id: string; work: unknown[]; breaks: unknown[] };
  type Staff = { id: string; version: number; skills: { service_id: string }[]; hours: Hours[] };
  const { items } = await call<{ items: Staff[] }>(page, 'GET', '/v1/staff');
  const [first] = items;
  if (!first) throw new Error('a new business has its owner as the first of its staff');
  const made = await call<Staff>(page, 'POST', '/v1/staff', { name, online: true });
  const path = `/v1/staff/${made.id}`;
  const skills = first.skills.map(({ service_id }) => ({ service_id }));
  const able = await call<Staff>(page, 'PUT', `${path}/skills`, { skills }, { 'If-Match': `"${made.version}"` });
  const locations = first.hours.map(({ location_id, work, breaks }) => ({ location_id, work, breaks }));
  await call(page, 'PUT', `${path}/hours`, { locations }, { 'If-Match': `"${able.version}"` });
}

type Slot = { start: string; local: string };

/** The first free time for the first service of the menu, some days from now. */
export async function freeTime(page: Page, slug: string): Promise<{ service: string; slot: Slot }> {
  const shop = await call<{ services: { id: string }[] }>(page, 'GET', `/v1/public/${slug}`);
  const service = shop.services[0]?.id ?? '';
  const from = new Date(Date.now() + 4 * 86_400_000).toISOString().slice(0, 10);
  const { slot } = await call<{ slot: Slot }>(
    page,
    'GET',
    `/v1/public/${slug}/slots/first?services=${service}&from=${from}`,
  );
  return { service, slot };
}

/** A visit that is booked. Gives the path of its page. */
export async function bookedVisit(page: Page, slug: string, customer = 'Nina Two'): Promise<string> {
  const { service, slot } = await freeTime(page, slug);
  const { hold } = await call<{ hold: string }>(page, 'POST', `/v1/public/${slug}/holds`, {
    start: slot.start,
    visitor: `a test that books ${slug}`.slice(0, 64),
    wanted: { services: [{ service }] },
  });
  const { link } = await call<{ link: string }>(page, 'POST', `/v1/public/${slug}/appointments`, {
    hold,
    name: customer,
    email: `nina-${slug}@example.com`,
  });
  return `/b/${link}`;
}

/** A place on the waiting list. Gives the path of its page. */
export async function waitingPlace(page: Page, slug: string): Promise<string> {
  const { service, slot } = await freeTime(page, slug);
  const day = slot.local.slice(0, 10);
  const { token } = await call<{ token: string }>(page, 'POST', `/v1/public/${slug}/waitlist`, {
    wanted: { services: [{ service }] },
    first_day: day,
    last_day: day,
    name: 'Wanda Waits',
    email: `wanda-${slug}@example.com`,
  });
  return `/w/${token}`;
}
