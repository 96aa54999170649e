import type { Page } from '@playwright/test';
import { call } from './people';

interface Named {
  id: string;
}
interface Place extends Named {
  time_zone: string;
}
interface Person extends Named {
  skills: { service_id: string }[];
}

/** Puts a visit into the present day, whatever hours the shop has. */
export async function visitToday(page: Page, name: string): Promise<void> {
  const [location] = (await call<{ items: Place[] }>(page, 'GET', '/v1/locations')).items;
  const staff = (await call<{ items: Person[] }>(page, 'GET', '/v1/staff')).items.find(({ skills }) => skills.length > 0);
  // In the order of the menu: skills have none, and the first of them may be one for two.
  const services = (await call<{ items: Named[] }>(page, 'GET', '/v1/services')).items;
  const service = services.find(({ id }) => staff?.skills.some(({ service_id }) => service_id === id))?.id;
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: location?.time_zone ?? 'UTC' }).format(new Date());
  const windows = [{ opens: '00:00', closes: '24:00' }];
  await call(page, 'PUT', `/v1/locations/${location?.id}/days/${day}`, { windows });
  await call(page, 'PUT', `/v1/staff/${staff?.id}/days/${day}`, { location_id: location?.id, windows });
  const start = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 60_000).toISOString();
  await call(page, 'POST', '/v1/appointments', {
    location: location?.id,
    start,
    wanted: { services: [{ service, staff: staff?.id }] },
    customer: { name },
    over: true,
  });
}
