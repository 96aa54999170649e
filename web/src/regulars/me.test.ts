import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const { forget } = vi.hoisted(() => ({ forget: vi.fn(() => Promise.resolve()) }));
vi.mock('../visit/push/browser', () => ({ forget }));
import { Me } from './me.svelte';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  kept.set('openchair.me', '1');
  forget.mockClear();
  vi.stubGlobal('location', { hash: '', pathname: '/me', search: '' });
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
});
afterEach(() => vi.unstubAllGlobals());

const answer = (status: number, code?: string) =>
  vi.stubGlobal('fetch', () =>
    Promise.resolve(
      code
        ? new Response(JSON.stringify({ code, status }), { status, headers: { 'Content-Type': 'application/problem+json' } })
        : new Response(null, { status }),
    ),
  );

it.each<['here' | 'everywhere', number, string | undefined, 'done' | 'here_only' | undefined]>([
  ['here', 204, undefined, 'done'],
  ['everywhere', 204, undefined, 'done'],
  // The pass ran out: here is nothing left to forget, elsewhere may be.
  ['here', 401, 'no_pass', 'done'],
  ['everywhere', 401, 'no_pass', 'here_only'],
  ['everywhere', 503, 'unavailable', undefined],
])('who wants to be forgotten %s, and is answered %i %s, is told: %s', async (where, status, code, told) => {
  answer(status, code);
  const me = new Me();
  await me.forget(where);
  expect(me.forgotten).toBe(told);
  expect(me.known).toBe(told === undefined);
  expect(me.fault?.code).toBe(told ? undefined : code);
});

it('a device that forgets somebody gets no notes of their visits any more', async () => {
  kept.set('openchair.notes', JSON.stringify({ lagoon: { id: 'a', endpoint: 'e' }, kirana: { id: 'b', endpoint: 'e' } }));
  answer(204);
  await new Me().forget('here');
  expect(forget.mock.calls).toEqual([['lagoon'], ['kirana']]);
});
