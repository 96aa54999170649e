import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const { router } = vi.hoisted(() => ({ router: { task: '', query: () => router.task, go: () => undefined } }));
vi.mock('$lib/router.svelte', () => ({ router }));
import { Own, type Task } from './own.svelte';
import type { OwnVisit } from './words';

beforeEach(() => vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no line'))));
afterEach(() => vi.unstubAllGlobals());

function at(own: Own, task: Task | ''): Own {
  router.task = task;
  own.begin();
  return own;
}

it('keeps apart what goes wrong with each thing that is done to a visit', async () => {
  const own = new Own('x');
  own.visit = { may_move: true, may_cancel: true } as OwnVisit;
  at(own, 'cancel');
  await own.cancel('');
  expect(own.fault?.code).toBe('offline');
  at(own, '');
  expect(own.fault).toBeUndefined();
  at(own, 'move');
  expect(own.fault).toBeUndefined();
  await own.move('ten');
  expect(own.fault?.code).toBe('offline');
  // Whoever comes back begins anew.
  expect(at(own, 'cancel').fault).toBeUndefined();
});

it('is busy with what is being done, not with everything', async () => {
  const own = new Own('x');
  own.visit = { may_move: true, may_cancel: true } as OwnVisit;
  const cancelled = at(own, 'cancel').cancel('');
  expect(own.busy).toBe(true);
  expect(at(own, 'move').busy).toBe(false);
  await cancelled;
  expect(own.fault).toBeUndefined();
});

it('says why a visit cannot be shown', async () => {
  const own = at(new Own('x'), '');
  await own.load();
  expect([own.unseen?.code, own.fault]).toEqual(['offline', undefined]);
});
