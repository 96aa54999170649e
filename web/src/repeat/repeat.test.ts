import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Repeat } from './repeat.svelte';

type Sent = { path: string; body: Record<string, unknown>; answer: (body: unknown, status?: number) => Promise<void> };
let sent: Sent[] = [];

/** Everything that waits for an answer has it after this. */
const settled = () => new Promise((done) => setTimeout(done));

beforeEach(() => {
  sent = [];
  vi.stubGlobal('fetch', (path: string, { body }: { body: string }) => {
    return new Promise<Response>((resolve) => {
      const answer = (given: unknown, status = 200) => {
        resolve(new Response(JSON.stringify(given), { status, headers: { 'Content-Type': 'application/json' } }));
        return settled().then(() => undefined);
      };
      sent.push({ path, body: JSON.parse(body) as Record<string, unknown>, answer });
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

const free = { possible: true, occurrences: [] };

it('shows nothing of a rhythm that was changed while it was looked at', async () => {
  const repeat = new Repeat('x');
  void repeat.look();
  repeat.every = 'week';
  repeat.anew();
  expect(repeat.busy).toBe(false);
  void repeat.look();
  await sent[0]?.answer(free);
  expect([repeat.preview, repeat.busy]).toEqual([undefined, true]);
  await repeat.book();
  expect(sent).toHaveLength(2);
  await sent[1]?.answer(free);
  expect([repeat.preview, repeat.busy]).toEqual([free, false]);
});

it('books what was looked at, whatever is chosen by then', async () => {
  const repeat = new Repeat('x');
  void repeat.look();
  await sent[0]?.answer(free);
  repeat.count = '12';
  void repeat.book();
  expect(sent[1]?.path).toMatch(/series$/);
  expect(sent[1]?.body).toEqual(sent[0]?.body);
  expect(sent[1]?.body).toMatchObject({ every: 'week', step: 4, count: 4 });
  await sent[1]?.answer({ visits: [] });
  expect(repeat.made).toEqual({ visits: [] });
});

it('looks again where somebody was quicker for one of them', async () => {
  const repeat = new Repeat('x');
  void repeat.look();
  await sent[0]?.answer(free);
  void repeat.book();
  await sent[1]?.answer({ code: 'series_conflicts', status: 409 }, 409);
  expect(sent[2]?.path).toMatch(/preview$/);
  await sent[2]?.answer({ ...free, possible: false });
  expect([repeat.preview?.possible, repeat.fault?.code, repeat.busy]).toEqual([false, 'series_conflicts', false]);
});

it('has nothing to book while a remedy could not be looked at', async () => {
  const repeat = new Repeat('x');
  void repeat.look();
  await sent[0]?.answer(free);
  void repeat.mend(3, { skip: true });
  expect(sent[1]?.body).toMatchObject({ skip: [3] });
  await sent[1]?.answer({ code: 'unavailable', status: 503 }, 503);
  await repeat.book();
  expect([sent.length, repeat.preview, repeat.fault?.code]).toEqual([2, undefined, 'unavailable']);
});
