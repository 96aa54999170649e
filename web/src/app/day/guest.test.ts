import { expect, it } from 'vitest';
import type { Schema } from '$lib/api/types';
import { barTo, type Column } from './columns';
import { guestOf, nameOfGuest } from './guest';

const entry = (name: string, ...minutes: number[]) =>
  ({ id: 'que_1', code: 'A07', name, services: minutes.map((each, at) => ({ id: `svc_${at}`, minutes: each })) }) as unknown as Schema<'QueueEntryView'>;

it.each([
  ['the next step of the clock', entry('', 30), 601, 15, [615, 645]],
  ['at once, where that is one', entry('', 30), 600, 15, [600, 630]],
  ['all that they want', entry('', 30, 45), 600, 15, [600, 675]],
  ['something to hold, where the menu says nothing', entry(''), 600, 10, [600, 610]],
])('%s', (_, who, now, step, [from, to]) => {
  expect(guestOf(who, now, step)).toMatchObject({ from, to, column: '' });
});

it('is called by the ticket where nobody said a name', () => {
  expect(nameOfGuest(guestOf(entry('', 30), 0, 15))).toBe('A07');
  expect(nameOfGuest(guestOf(entry('Noor', 30), 0, 15))).toBe('Noor');
});

const column = (some: Partial<Column>): Column => ({ id: 'stf_1', name: '', title: '', open: undefined, skills: undefined, hue: undefined, ...some });

it.each<[string, Partial<Column>, ReturnType<typeof barTo>]>([
  ['where nothing is known', {}, undefined],
  ['to who can do it', { skills: new Set(['svc_0']) }, undefined],
  ['to who can’t', { skills: new Set(['svc_9']) }, 'skill'],
  ['to who is away', { open: [{ from: 0, to: 610 }] }, 'closed'],
])('may be put %s', (_, some, bar) => {
  expect(barTo(guestOf(entry('', 30), 600, 15), { column: column(some), from: 600 }, [])).toBe(bar);
});
