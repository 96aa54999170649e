import { describe, expect, it } from 'vitest';
import { ahead, isOpen, newer, offers, sceneOf } from './scene';

type Ticket = Parameters<typeof newer>[1];

describe('a ticket', () => {
  it.each([
    ['waiting', 3, 'waiting', 2],
    ['waiting', 1, 'next', 0],
    ['called', null, 'called', undefined],
    ['serving', null, 'serving', undefined],
    ['no_show', null, 'no_show', undefined],
  ] as const)('that is %s at place %s is about %s', (state, position, scene, people) => {
    expect(sceneOf({ state, position })).toBe(scene);
    expect(ahead({ position })).toBe(people);
  });

  it.each([
    ['waiting', false, 5, { here: true, moreTime: true, leave: true }],
    ['next', true, 5, { here: false, moreTime: true, leave: true }],
    ['called', true, 0, { here: false, moreTime: false, leave: true }],
    ['serving', true, 5, { here: false, moreTime: false, leave: false }],
    ['left', false, 5, { here: false, moreTime: false, leave: false }],
  ] as const)('%s, here: %s, %i passes left', (scene, here, passes_left, can) => {
    expect(offers(scene, { here, passes_left })).toEqual(can);
  });

  it('is over once nothing can happen to it', () => {
    expect((['serving', 'done', 'converted'] as const).map(isOpen)).toEqual([true, false, false]);
  });

  it('is never shown as it was before', () => {
    const [first, second] = [{ version: 1 }, { version: 2 }] as Ticket[];
    expect(newer(undefined, first as Ticket)).toBe(first);
    expect(newer(second, first as Ticket)).toBe(second);
    expect(newer(first, second as Ticket)).toBe(second);
  });
});
