import { expect, type Page } from '@playwright/test';
import { call, owner, type Owner } from './people';

export interface Line {
  who: Owner;
  slug: string;
  location: string;
  staff: string;
  service: { id: string; name: string };
}

/** Changes something as the page would, seen as it is now. */
async function change(page: Page, method: string, path: string, body: unknown): Promise<void> {
  const answer = await page.evaluate(
    async ([method, path, body]) => {
      const at = path as string;
      const seen = await fetch(at.replace(/\/hours$/, ''));
      const { version } = (await seen.json()) as { version: number };
      const headers = { 'Content-Type': 'application/json', 'If-Match': `"${version}"` };
      const done = await fetch(at, { method: method as string, headers, body: JSON.stringify(body) });
      return { status: done.status, text: await done.text() };
    },
    [method, path, body] as const,
  );
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
}

/** A fresh business, signed in here, whose line is open: whatever the hour, somebody has time. */
export async function openLine(page: Page): Promise<Line> {
  const who = await owner(page);
  const { slug } = await call<{ slug: string }>(page, 'GET', '/v1/tenant');
  const locations = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/locations');
  const people = await call<{ items: { id: string }[] }>(page, 'GET', '/v1/staff');
  const location = locations.items[0]?.id ?? '';
  const staff = people.items[0]?.id ?? '';
  const always = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '00:00', closes: '24:00' }));
  await change(page, 'PATCH', `/v1/locations/${location}`, { hours: always });
  const weeks = [{ location_id: location, work: always, breaks: [] }];
  await change(page, 'PUT', `/v1/staff/${staff}/hours`, { locations: weeks });
  await change(page, 'PATCH', `/v1/locations/${location}/queue`, { open: true, staff: [staff] });
  const line = await call<{ services: { id: string; name: string; minutes: number }[] }>(page, 'GET', `/v1/public/${slug}/queue`);
  const service = [...line.services].sort((a, b) => a.minutes - b.minutes)[0];
  if (!service) throw new Error('nothing can be had without an appointment');
  return { who, slug, location, staff, service };
}

/** Puts the place where it is between ten and eleven just now: much of its day is still to come. */
export async function inTheMorning(page: Page, { location }: Line): Promise<void> {
  const east = 10 - new Date().getUTCHours();
  const hours = east < -12 ? east + 24 : east;
  // The names of these zones count to the west.
  const time_zone = `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  await change(page, 'PATCH', `/v1/locations/${location}`, { time_zone });
}

/** Somebody whom the desk has put into the line, and the link of their ticket. */
export async function waiting(page: Page, line: Line, name: string): Promise<{ id: string; code: string; ticket: string }> {
  const body = { location: line.location, name, services: [line.service.id] };
  const joined = await call<{ token: string; entry: { id: string; code: string } }>(page, 'POST', '/v1/queue/entries', body);
  return { id: joined.entry.id, code: joined.entry.code, ticket: `/q/${joined.token}` };
}
