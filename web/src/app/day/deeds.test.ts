import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Visit } from './visits';

interface Sent {
  body: { version: number; start: string; staff?: string[] };
  answer: (visit: object) => void;
  refuse: (why: Error) => void;
}
const sent = vi.hoisted(() => [] as Sent[]);
const told = vi.hoisted(() => [] as { text: string; undo: (() => unknown) | undefined }[]);

vi.mock('$lib/api/client', () => ({
  ask: (answer: unknown) => answer,
  api: {
    POST: (_: string, { body }: { body: Sent['body'] }) =>
      new Promise((answer, refuse) => sent.push({ body, answer, refuse })),
    GET: () => Promise.resolve({ reasons: [] }),
  },
}));
vi.mock('$lib/i18n/index.svelte', () => ({ t: (key: string) => key, maybe: (key: string) => key }));
vi.mock('$lib/ui/sentence', () => ({ sentence: () => 'no' }));
vi.mock('../desk.svelte', () => ({ desk: { can: () => true } }));
vi.mock('../said.svelte', () => ({ said: { say: (text: string, undo?: () => unknown) => told.push({ text, undo }) } }));

const { Deeds } = await import('./deeds.svelte');

const AT = ['2026-11-22T09:00:00Z', '2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z', '2026-11-22T12:00:00Z'] as const;
const line = (staff: string) => ({ customer: 1, staff });
const visit = (version: number, starts_at: string, staff = 'ann') =>
  ({ id: 'v', version, starts_at, status: 'confirmed', location: 'here', party: 1, lines: [line(staff)], title: 'Cut' }) as unknown as Visit;

/** A book that says what is seen of it. */
function book() {
  let [known, hoped] = [visit(1, AT[0]) as Visit | undefined, undefined as Visit | undefined];
  return {
    hope: (each: Visit) => (hoped = each),
    unhope: () => (hoped = undefined),
    take: (each: Visit) => ([known, hoped] = [each, undefined]),
    again: () => Promise.resolve(),
    get seen() {
      return hoped ?? known;
    },
  };
}

const settle = () => new Promise((done) => setTimeout(done));
const call = (at: number) => sent[at] ?? expect.unreachable(`${at + 1} were not sent`);

beforeEach(() => void sent.splice(0));
afterEach(() => void told.splice(0));

test('a second move waits for the first and goes on from its answer', async () => {
  const here = book();
  const deeds = new Deeds(here as never);
  const first = deeds.move(visit(1, AT[0]), { start: AT[1], staff: ['ben'] }, visit(1, AT[1], 'ben'));
  const second = deeds.move(visit(1, AT[1], 'ben'), { start: AT[2] }, visit(1, AT[2], 'ben'));
  expect(sent).toHaveLength(1);
  expect(here.seen?.starts_at).toBe(AT[2]);
  call(0).answer(visit(2, AT[1], 'ben'));
  await first;
  // It doesn't go back to where the first one was on the way.
  expect([here.seen?.starts_at, here.seen?.version]).toEqual([AT[2], 2]);
  expect(told).toEqual([]);
  expect(call(1).body).toEqual({ version: 2, start: AT[2] });
  call(1).answer(visit(3, AT[2], 'ben'));
  expect(await second).toBe(true);
  expect(told.map(({ text }) => text)).toEqual(['visit.did.move']);
  // Undone is the last one, with the version that it has brought.
  void told[0]?.undo?.();
  expect(call(2).body).toEqual({ version: 3, start: AT[1] });
});

test('of several that wait the last one is sent, with what only the others say', async () => {
  const here = book();
  const deeds = new Deeds(here as never);
  void deeds.move(visit(1, AT[0]), { start: AT[1] }, visit(1, AT[1]));
  const second = deeds.move(visit(1, AT[1]), { start: AT[2], staff: ['ben'] }, visit(1, AT[2], 'ben'));
  void deeds.move(visit(1, AT[2], 'ben'), { start: AT[3] }, visit(1, AT[3], 'ben'));
  call(0).answer(visit(2, AT[1]));
  expect(await second).toBe(false);
  await settle();
  expect(sent.map(({ body }) => body)).toEqual([
    { version: 1, start: AT[1] },
    { version: 2, start: AT[3], staff: ['ben'] },
  ]);
});

test('where the first is refused, the second is put back with it', async () => {
  const here = book();
  const deeds = new Deeds(here as never);
  const first = deeds.move(visit(1, AT[0]), { start: AT[1] }, visit(1, AT[1]));
  const second = deeds.move(visit(1, AT[1]), { start: AT[2] }, visit(1, AT[2]));
  call(0).refuse(new Error('taken'));
  expect(await Promise.all([first, second])).toEqual([false, false]);
  expect(sent).toHaveLength(1);
  expect([here.seen?.starts_at, deeds.busy.size]).toEqual([AT[0], 0]);
});

test('what a move can\'t restore is not offered', async () => {
  const here = book();
  const deeds = new Deeds(here as never);
  const split = { ...visit(1, AT[0]), lines: [line('ann'), line('ben')] } as Visit;
  const moved = deeds.move(split, { start: AT[1], staff: ['ann'] }, visit(1, AT[1]));
  call(0).answer(visit(2, AT[1]));
  await moved;
  expect(told).toEqual([{ text: 'visit.did.move', undo: undefined }]);
});
