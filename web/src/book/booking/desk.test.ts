import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const { router } = vi.hoisted(() => ({
  router: {
    path: '/lagoon',
    search: '',
    query: (name: string) => new URLSearchParams(router.search).get(name),
    go: (to: string) => (router.search = to.replace(router.path, '')),
  },
}));
vi.mock('$lib/router.svelte', () => ({ router }));
import type { Shop } from '../choice';
import { Desk } from './desk';
import { Flow } from './flow.svelte';

const shop = {
  slug: 'lagoon',
  time_zone: 'Pacific/Guam',
  locations: [],
  services: [{ id: 'facial', addon_ids: [], min_customers: 1, max_customers: 1 }],
  packages: [],
  addons: [],
  staff: [],
} as unknown as Shop;

type Sent = { path: string; body: Record<string, unknown>; answer: (body: unknown, status?: number) => Promise<void> };
let sent: Sent[] = [];
const settled = () => new Promise<void>((done) => setTimeout(done));

beforeEach(() => {
  sent = [];
  router.search = '?step=when';
  const none = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  vi.stubGlobal('localStorage', none);
  vi.stubGlobal('sessionStorage', none);
  vi.stubGlobal('fetch', (path: string, { body }: { body: string }) => {
    return new Promise<Response>((resolve) => {
      const answer = (given: unknown, status = 200) => {
        resolve(new Response(JSON.stringify(given), { status, headers: { 'Content-Type': 'application/json' } }));
        return settled();
      };
      sent.push({ path, body: JSON.parse(body) as Record<string, unknown>, answer });
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

function begun(): { flow: Flow; desk: Desk } {
  const flow = new Flow(shop);
  flow.choose({ items: [{ service: 'facial', addons: [] }] });
  return { flow, desk: new Desk(flow) };
}

it('goes on to who comes once a time is kept', async () => {
  const { flow, desk } = begun();
  const taken = desk.take({ start: 'ten' });
  expect(flow.taking).toBe('ten');
  await sent[0]?.answer({ hold: 'h1' });
  expect(await taken).toBe(true);
  expect([flow.hold?.hold, flow.taking, router.search]).toEqual(['h1', undefined, '?step=who']);
});

it('gives back what comes once somebody has gone elsewhere, and stays where they are', async () => {
  const { flow, desk } = begun();
  const taken = desk.take({ start: 'ten' });
  // Back, somebody else chosen, and another time taken: the first one is still on its way.
  flow.leave();
  flow.choose({ staff: 'jun' });
  const other = new Desk(flow).take({ start: 'eleven' });
  await sent[0]?.answer({ hold: 'h1' });
  expect(await taken).toBe(false);
  expect(sent[2]).toMatchObject({ path: '/v1/public/lagoon/holds/release', body: { hold: 'h1' } });
  expect([flow.hold, flow.taking, router.search]).toEqual([null, 'eleven', '?step=when']);
  await sent[1]?.answer({ hold: 'h2' });
  expect(await other).toBe(true);
  expect([flow.hold, router.search]).toEqual([{ hold: 'h2' }, '?step=who']);
});

it('says nothing of a refusal that comes once somebody has gone elsewhere', async () => {
  const { flow, desk } = begun();
  const taken = desk.take({ start: 'ten' });
  flow.leave();
  await sent[0]?.answer({ code: 'slot_taken', status: 409 }, 409);
  expect(await taken).toBe(false);
  expect(flow.fault).toBeUndefined();
});

it('says that the second booking of a tab was refused, though the first one stands', async () => {
  const { flow, desk } = begun();
  flow.booked = { link: 'first' } as typeof flow.booked;
  flow.hold = { hold: 'h2', expires_at: '2999-01-01T00:00:00Z' } as never;
  const done = desk.book([], '');
  await sent[0]?.answer({ code: 'validation_failed', status: 422, fields: [{ field: '/phone', code: 'invalid_phone' }] }, 422);
  expect(await done).toBe(false);
  expect(flow.booked?.link).toBe('first');
});
