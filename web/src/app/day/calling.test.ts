import { expect, test, vi } from 'vitest';
import type { Entry } from '../line/line';

const sent = vi.hoisted(() => [] as { path: string; body: object }[]);
const told = vi.hoisted(() => [] as { text: string; undo: (() => Promise<void>) | undefined }[]);
vi.mock('$lib/api/client', () => ({
  ask: (answer: unknown) => answer,
  api: {
    POST: (path: string, { body }: { body: { version: number } }) => {
      sent.push({ path, body });
      return Promise.resolve({ id: 'e', code: 'A1', name: 'Ann', state: 'called', version: body.version + 1 });
    },
  },
}));
vi.mock('$lib/i18n/index.svelte', () => ({ t: (key: string) => key, maybe: () => undefined, date: () => '' }));
vi.mock('../said.svelte', () => ({
  said: { say: (text: string, undo?: () => Promise<void>) => told.push({ text, undo }) },
}));

const { callsOf } = await import('./calling');

test('whoever is called beside the day can go back into the line, as they are known by then', async () => {
  let known = { id: 'e', code: 'A1', name: 'Ann', state: 'waiting', version: 4 } as unknown as Entry;
  const calls = callsOf({ now: () => known, take: (entry) => (known = entry) });
  expect(await calls.call(known, 'stf')).toBe(true);
  expect([known.state, known.version]).toEqual(['called', 5]);
  expect(told.map(({ text }) => text)).toEqual(['line.did.called']);
  // Somebody wrote a note meanwhile.
  known = { ...known, version: 6 };
  await told[0]?.undo?.();
  expect(sent).toEqual([
    { path: '/v1/queue/entries/{id}/call', body: { version: 4, staff: 'stf' } },
    { path: '/v1/queue/entries/{id}/return', body: { version: 6 } },
  ]);
});
