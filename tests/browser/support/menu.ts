import type { Page } from '@playwright/test';
import { call, owner } from './people';
import type { Open } from './shop';

/** Changes something of a business as it stands now. Its owner is signed in on this page. */
export async function change<T>(page: Page, method: 'PATCH' | 'PUT', path: string, body: unknown): Promise<T> {
  const { version } = await call<{ version: number }>(page, 'GET', path.replace(/\/(hours|skills)$/, ''));
  return call<T>(page, method, path, body, { 'If-Match': `"${version}"` });
}

/** A fresh business whose owner stays signed in on this page, for what happens at its desk. */
export async function deskOf(page: Page): Promise<Open> {
  await owner(page);
  const { slug, name, time_zone } = await call<{ slug: string; name: string; time_zone: string }>(page, 'GET', '/v1/tenant');
  return { slug, name, zone: time_zone };
}

export interface Service {
  id: string;
  name: string;
  category: { id: string };
  price_minor: number;
}

/** A service of the menu that a new spa begins with. */
export async function serviceOf(page: Page, name = 'Relaxing massage'): Promise<Service> {
  const { items } = await call<{ items: Service[] }>(page, 'GET', '/v1/services');
  const found = items.find((each) => each.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

/** Something that is had with the first service of the menu. */
export async function addon(page: Page, name: string, price_minor: number, minutes = 0): Promise<void> {
  const made = await call<{ id: string }>(page, 'POST', '/v1/addons', { name, price_minor, duration_minutes: minutes });
  const { id } = await serviceOf(page);
  const { addon_ids } = await call<{ addon_ids: string[] }>(page, 'GET', `/v1/services/${id}`);
  await change(page, 'PATCH', `/v1/services/${id}`, { addon_ids: [...addon_ids, made.id] });
}

/** Two services, one after the other, for a price of their own. */
export async function packageOf(page: Page, name: string, price_minor: number): Promise<void> {
  const parts = [await serviceOf(page), await serviceOf(page, 'Body scrub')];
  const service_ids = parts.map(({ id }) => id);
  const category_id = parts[0]?.category.id;
  await call(page, 'POST', '/v1/packages', { name, price_minor, mode: 'sequence', category_id, service_ids });
}

/** Somebody who pays less, being a member. */
export async function member(page: Page, name: string, email: string, discount_percent: number): Promise<void> {
  const { id: plan_id } = await plan(page, { name: 'Club', period: 'year', price_minor: 5000, discount_percent });
  const { id } = await call<{ id: string }>(page, 'POST', '/v1/customers', { name, email });
  await call(page, 'POST', `/v1/customers/${id}/memberships`, { plan_id });
}

/** Something to be a member of. */
export async function plan(page: Page, terms: Record<string, unknown>): Promise<{ id: string }> {
  const { category } = await serviceOf(page);
  return call(page, 'POST', '/v1/membership-plans', { category_id: category.id, ...terms });
}

/** A plan with all that a plan can have, and one that says no more than its price. */
export async function twoPlans(page: Page): Promise<void> {
  const { id } = await serviceOf(page, 'Body scrub');
  await change(page, 'PATCH', `/v1/services/${id}`, { members_only: true });
  await plan(page, {
    name: 'Friends of the house',
    description: 'For a year from the day you join.',
    benefits: ['A birthday facial mask', 'A drink of the garden’s herbs at every visit, hot or cold'],
    period: 'year',
    price_minor: 12_000,
    discount_percent: 10,
    service_ids: [id],
  });
  await plan(page, { name: 'Quiet hours', period: 'month', price_minor: 1950 });
}

/** Another place, where the owner works on the same hours: elsewhere, on another clock. */
export async function secondPlace(page: Page, name: string, time_zone: string): Promise<void> {
  type Hours = { location_id: string; work: { weekday: number; opens: string; closes: string }[]; breaks: unknown[] };
  const week = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '09:00', closes: '12:00' }));
  const place = await call<{ id: string }>(page, 'POST', '/v1/locations', { name, time_zone, address: '1 Far Street', hours: week });
  // Nobody is in two places at once.
  const made = await call<{ id: string }>(page, 'POST', '/v1/staff', { name: 'Faye Farr', online: true });
  const { id } = await serviceOf(page);
  await change(page, 'PUT', `/v1/staff/${made.id}/skills`, { skills: [{ service_id: id }] });
  const locations: Hours[] = [{ location_id: place.id, work: week, breaks: [] }];
  await change(page, 'PUT', `/v1/staff/${made.id}/hours`, { locations });
}

/** Of the menu, somebody of the team does just this. */
export async function doesOnly(page: Page, name: string, services: string[]): Promise<void> {
  const { items } = await call<{ items: { id: string; name: string }[] }>(page, 'GET', '/v1/staff');
  const found = items.find((each) => each.name === name);
  const skills = await Promise.all(services.map(async (each) => ({ service_id: (await serviceOf(page, each)).id })));
  await change(page, 'PUT', `/v1/staff/${found?.id}/skills`, { skills });
}

/** What the shop asks before its first service: a question that needs an answer, another that doesn't, and a yes. */
export async function asking(page: Page): Promise<void> {
  const questions = [
    { kind: 'yes_no', label: 'Are you pregnant?', required: true },
    { kind: 'choice', label: 'How firm?', required: true, choices: ['Soft', 'Firm'] },
    { kind: 'long_text', label: 'Anything that hurts?' },
  ];
  const health = await call<{ id: string }>(page, 'POST', '/v1/forms', { kind: 'intake', name: 'Your health', questions });
  const text = 'I’ve said what my therapist has to know.\nI come at my own risk.';
  const consent = await call<{ id: string }>(page, 'POST', '/v1/forms', { kind: 'consent', name: 'Consent to treatment', text });
  const { id } = await serviceOf(page);
  await change(page, 'PATCH', `/v1/services/${id}`, { form_ids: [health.id, consent.id] });
}

/** What a business asks of who books. */
export const policy = (page: Page, rules: Record<string, unknown>): Promise<unknown> =>
  change(page, 'PATCH', '/v1/booking-policy', rules);

type Slot = { start: string; local: string };

/** The free times of the first service on some days. */
export async function slots(page: Page, slug: string, from: string, to = from): Promise<Slot[]> {
  const shop = await call<{ services: { id: string }[] }>(page, 'GET', `/v1/public/${slug}`);
  const path = `/v1/public/${slug}/slots?services=${shop.services[0]?.id}&from=${from}&to=${to}`;
  return (await call<{ slots: Slot[] }>(page, 'GET', path)).slots;
}

/** Somebody else books the first service at this time. Gives the path of their visit's page. */
export async function bookAt(page: Page, slug: string, start: string, name = 'Olga Other'): Promise<string> {
  const shop = await call<{ services: { id: string }[] }>(page, 'GET', `/v1/public/${slug}`);
  const wanted = { services: [{ service: shop.services[0]?.id }] };
  const visitor = `the device of ${name} at ${start}`.slice(0, 64);
  const { hold } = await call<{ hold: string }>(page, 'POST', `/v1/public/${slug}/holds`, { start, visitor, wanted });
  const email = `${name.split(' ')[0]?.toLowerCase()}-${slug}@example.com`;
  const { link } = await call<{ link: string }>(page, 'POST', `/v1/public/${slug}/appointments`, { hold, name, email });
  return `/b/${link}`;
}

/** A day some days from now, as the shop's calendar has it. */
export function dayIn(days: number, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(Date.now() + days * 86_400_000));
}
