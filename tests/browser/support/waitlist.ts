import type { Page } from '@playwright/test';
import { call } from './people';

interface Slot {
  start: string;
  local: string;
}
interface Named {
  id: string;
  name: string;
}

export interface OnList {
  id: string;
  service: Named;
  /** The days that they wait for. */
  first: string;
  last: string;
  /** What is free on them. */
  slots: Slot[];
}

/** Somebody whom the desk has put on the waiting list, for the next days and what somebody of the staff can do. */
export async function onTheList(page: Page, name: string, more: object = {}): Promise<OnList> {
  const staff = (await call<{ items: { skills: { service_id: string }[] }[] }>(page, 'GET', '/v1/staff')).items;
  const services = (await call<{ items: Named[] }>(page, 'GET', '/v1/services')).items;
  const service = services.find(({ id }) => staff.some(({ skills }) => skills.some(({ service_id }) => service_id === id)));
  if (!service) throw new Error('the starter kit has staff and services');
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const [first, last] = [day(2), day(6)];
  const body = { wanted: { services: [{ service: service.id }] }, first_day: first, last_day: last, name, ...more };
  const { id } = await call<{ id: string }>(page, 'POST', '/v1/waitlist', body);
  const { slots } = await call<{ slots: Slot[] }>(page, 'GET', `/v1/availability?services=${service.id}&from=${first}&to=${last}`);
  return { id, service, first, last, slots };
}
