import type { BrowserContext, Page } from '@playwright/test';
import { change } from './menu';
import { call } from './people';
import { openLine, waiting } from './queue';

interface Named {
  id: string;
}
interface Service extends Named {
  min_customers: number;
}
interface Skilled extends Named {
  skills: { service_id: string }[];
}

const NAMES = ['Ana Lima', 'Maximiliane Freifrau von und zu Hohenlohe-Öttingen', 'ليلى عبد الرحمن', 'Li', 'Omar Farah', 'Grace Hill'];

/** The day that was filled in a browser, once for all that look at it. */
const filled = new WeakMap<BrowserContext, string>();

/** Fills a day with visits, some of them at once, some of them in rooms, and the line with people. Gives the day. */
export async function busyDay(page: Page): Promise<string> {
  const known = filled.get(page.context());
  if (known) return known;
  const line = await openLine(page);
  for (const name of NAMES.slice(0, 3)) await waiting(page, line, name);
  for (const name of ['Lagoon', 'Reef', 'Grotto']) await call(page, 'POST', '/v1/rooms', { location_id: line.location, name });
  await change(page, 'PATCH', `/v1/services/${line.service.id}`, { needs_room: true });
  const staff = (await call<{ items: Skilled[] }>(page, 'GET', '/v1/staff')).items.find(({ id }) => id === line.staff);
  const services = (await call<{ items: Service[] }>(page, 'GET', '/v1/services')).items;
  const skills = services
    .filter(({ id, min_customers }) => min_customers === 1 && staff?.skills.some(({ service_id }) => service_id === id))
    .map(({ id }) => id);
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const query = `location=${line.location}&services=${line.service.id}&staff=${line.staff}&from=${day}&to=${day}`;
  const { slots } = await call<{ slots: { start: string; local: string }[] }>(page, 'GET', `/v1/availability?${query}`);
  const from = slots.findIndex(({ local }) => local.slice(11) >= '09:00');
  for (const [at, name] of [...NAMES, ...NAMES].entries()) {
    // Two at once, then one who comes while both are there.
    const { start } = slots[from + Math.floor(at / 2) * 2 + (at % 3 === 2 ? 1 : 0)] ?? slots[from] ?? {};
    const service = skills[at % skills.length] ?? line.service.id;
    await call(page, 'POST', '/v1/appointments', {
      location: line.location,
      start,
      wanted: { services: [{ service: at % 2 ? service : line.service.id, staff: line.staff }] },
      customer: { name, ...(at === 1 && { phone: '+12025550143', email: 'maximiliane@example.com' }) },
      ...(at === 1 && { note: 'Comes with a pram, and would rather sit by the window.' }),
      over: true,
    });
  }
  filled.set(page.context(), day);
  return day;
}
