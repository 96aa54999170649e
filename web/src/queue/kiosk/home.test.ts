import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Countdown } from './home';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('goes home once nobody has touched anything for so long, and only once', () => {
  const told: number[] = [];
  const over = vi.fn();
  const countdown = new Countdown(3, (left) => told.push(left), over);
  vi.advanceTimersByTime(2000);
  countdown.again();
  vi.advanceTimersByTime(2999);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(over).toHaveBeenCalledOnce();
  expect(told).toEqual([3, 2, 1, 3, 2, 1, 0]);
});

it('is stopped by whoever goes home by hand', () => {
  const over = vi.fn();
  new Countdown(3, () => undefined, over).stop();
  vi.advanceTimersByTime(60_000);
  expect(over).not.toHaveBeenCalled();
});
