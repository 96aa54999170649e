import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Live } from './live';
import type { Line, Options, State } from './live';
import type { LiveError, LiveItem } from './messages';
import { pause } from './pause';
import type { Items } from './shown';

class FakeLine implements Line {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  said: Record<string, unknown>[] = [];
  closed = false;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.said.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
  }

  tell(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  hello(): void {
    this.onopen?.();
    this.tell({ type: 'hello', v: 1, tenant: 'ten_1' });
  }

  break(): void {
    this.onclose?.();
  }
}

const lines: FakeLine[] = [];
const page = Object.assign(new EventTarget(), { hidden: false });
const network = new EventTarget();
const last = (): FakeLine => {
  const line = lines.at(-1);
  if (!line) throw new Error('no connection');
  return line;
};

function live(options: Options = {}): { live: Live; states: (string | undefined)[][] } {
  const states: (string | undefined)[][] = [];
  const made = new Live({
    open: (url) => {
      lines.push(new FakeLine(url));
      return last();
    },
    random: () => 1,
    page,
    network,
    state: (state: State, why) => states.push(why === undefined ? [state] : [state, why]),
    ...options,
  });
  return { live: made, states };
}

const item = (id: string, version: number): LiveItem =>
  ({ kind: 'visit', id, version, visit: {} }) as unknown as LiveItem;

const DAY = { sub: 'schedule', location: 'loc_1', date: '2026-03-09' } as const;
const TOPIC = 'schedule:loc_1:2026-03-09';

function watch(on: Live): { seen: [string, number][][]; refused: LiveError[]; stop: () => void } {
  const seen: [string, number][][] = [];
  const refused: LiveError[] = [];
  const stop = on.watch(DAY, {
    shown: (items: Items) => seen.push([...items.values()].map((one) => [one.id, one.version])),
    refused: (error) => refused.push(error),
  });
  return { seen, refused, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
  lines.length = 0;
  page.hidden = false;
});

afterEach(() => {
  vi.useRealTimers();
});

it('shows everything, then each change', () => {
  const { live: one, states } = live({ tenant: 'ten_7' });
  expect(last().url).toBe('/v1/live?tenant=ten_7');
  const { seen, stop } = watch(one);
  expect(last().said).toEqual([]);
  last().hello();
  expect(last().said).toEqual([DAY]);
  last().tell({ type: 'snapshot', topic: TOPIC, seq: 4, items: [item('a', 1), item('b', 1)] });
  last().tell({ type: 'change', topic: TOPIC, seq: 6, items: [item('a', 2)], gone: ['b'] });
  // What leads back, and what is older, is never shown.
  last().tell({ type: 'change', topic: TOPIC, seq: 5, items: [item('a', 9)], gone: [] });
  last().tell({ type: 'change', topic: TOPIC, seq: 7, items: [item('a', 1), item('c', 1)], gone: [] });
  last().tell({ type: 'change', topic: 'schedule:other', seq: 8, items: [item('x', 1)], gone: [] });
  expect(seen).toEqual([
    [['a', 1], ['b', 1]],
    [['a', 2]],
    [['a', 2], ['c', 1]],
  ]);
  expect(states).toEqual([['open']]);
  stop();
  expect(last().said.at(-1)).toEqual({ unsub: TOPIC });
  one.close();
  expect(one.state).toBe('over');
  expect(last().closed).toBe(true);
});

it('goes on where it was', () => {
  const { live: one, states } = live();
  const { seen } = watch(one);
  last().hello();
  last().tell({ type: 'snapshot', topic: TOPIC, seq: 4, items: [item('a', 1)] });
  last().tell({ type: 'pong', ping: 1, seq: 40 });
  last().break();
  expect(one.state).toBe('waiting');
  vi.advanceTimersByTime(499);
  expect(lines).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(lines).toHaveLength(2);
  last().hello();
  expect(last().said).toEqual([{ ...DAY, since: 40 }]);
  // Nothing has changed: nothing to show.
  last().tell({ type: 'change', topic: TOPIC, seq: 41, items: [], gone: [] });
  expect(seen).toHaveLength(1);
  // Too far back: everything afresh.
  last().break();
  vi.advanceTimersByTime(500);
  last().hello();
  last().tell({ type: 'resync', topic: TOPIC });
  last().tell({ type: 'snapshot', topic: TOPIC, seq: 90, items: [item('z', 1)] });
  expect(seen.at(-1)).toEqual([['z', 1]]);
  expect(states.map(([state]) => state)).toEqual([
    'open', 'waiting', 'connecting', 'open', 'waiting', 'connecting', 'open',
  ]);
  one.close();
});

it('waits longer from failure to failure, and never all at once', () => {
  expect([0, 1, 2, 6, 40].map((tries) => pause(tries, () => 1))).toEqual([
    500, 1000, 2000, 30000, 30000,
  ]);
  expect(pause(3, () => 0)).toBe(2000);
  const { live: one } = live();
  for (const wait of [500, 1000, 2000]) {
    const before = lines.length;
    last().break();
    vi.advanceTimersByTime(wait - 1);
    expect(lines).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(lines).toHaveLength(before + 1);
  }
  one.close();
});

it('comes back when the server says, as who it is now, or not at all', () => {
  const { live: one, states } = live();
  last().hello();
  last().tell({ type: 'bye', reason: 'restart', retry_ms: 1730 });
  last().break();
  vi.advanceTimersByTime(1729);
  expect(lines).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(lines).toHaveLength(2);
  last().hello();
  last().tell({ type: 'bye', reason: 'signed_out' });
  last().break();
  vi.advanceTimersByTime(500);
  expect(lines).toHaveLength(3);
  last().tell({ type: 'error', code: 'not_signed_in', detail: 'Please sign in first.' });
  last().tell({ type: 'bye', reason: 'not_signed_in' });
  last().break();
  vi.advanceTimersByTime(600_000);
  expect(lines).toHaveLength(3);
  expect(states.at(-1)).toEqual(['over', 'not_signed_in']);
  one.close();
});

it('says who it is, and hears what it may not watch', () => {
  const { live: one } = live({ greeting: { auth: 'oc_qt_1' } });
  // Not as whom this browser may be signed in besides.
  expect(last().url).toBe('/v1/live?anybody=true');
  last().onopen?.();
  expect(last().said).toEqual([{ auth: 'oc_qt_1' }]);
  const { refused, seen } = watch(one);
  last().tell({ type: 'hello', v: 1 });
  last().tell({ type: 'error', code: 'not_allowed', detail: 'Your role doesn’t allow this.' });
  expect(refused.map((error) => error.code)).toEqual(['not_allowed']);
  // It isn't asked for again.
  last().break();
  vi.advanceTimersByTime(500);
  last().hello();
  expect(last().said.filter((message) => 'sub' in message)).toEqual([]);
  expect(seen).toEqual([]);
  one.close();
});

it('says as whom it was shown what it knows, and forgets it when that has changed', () => {
  const { live: one } = live();
  const { seen } = watch(one);
  last().hello();
  last().tell({ type: 'snapshot', topic: TOPIC, seq: 4, audience: 'a1', items: [item('a', 1)] });
  last().break();
  vi.advanceTimersByTime(500);
  last().hello();
  expect(last().said).toEqual([{ ...DAY, since: 4, audience: 'a1' }]);
  last().tell({ type: 'change', topic: TOPIC, seq: 4, items: [], gone: [] });
  last().tell({ type: 'bye', reason: 'signed_out' });
  last().break();
  vi.advanceTimersByTime(500);
  last().hello();
  expect(last().said).toEqual([DAY]);
  // What leads on from what somebody else was shown isn't shown.
  last().tell({ type: 'change', topic: TOPIC, seq: 5, items: [item('b', 1)], gone: [] });
  last().tell({ type: 'snapshot', topic: TOPIC, seq: 6, items: [item('c', 1)] });
  expect(seen).toEqual([[['a', 1]], [['c', 1]]]);
  one.close();
});

it('lets the last watcher of something say that it is over', () => {
  const { live: one } = live();
  const [first, second] = [watch(one), watch(one)];
  last().hello();
  last().tell({ type: 'snapshot', topic: TOPIC, seq: 4, items: [item('a', 1)] });
  first.stop();
  expect(last().said).toEqual([DAY, DAY]);
  last().tell({ type: 'change', topic: TOPIC, seq: 5, items: [item('a', 2)], gone: [] });
  expect(second.seen.at(-1)).toEqual([['a', 2]]);
  expect(first.seen).toHaveLength(1);
  second.stop();
  expect(last().said.at(-1)).toEqual({ unsub: TOPIC });
  one.close();
});

it('knows by its name what is refused', () => {
  const { live: one } = live();
  const refused: string[] = [];
  const named = (name: string) => ({
    shown: () => undefined,
    refused: (error: LiveError) => refused.push(`${name} ${error.code}`),
  });
  one.watch({ sub: 'queue', location: 'loc_1' }, named('queue'));
  one.watch({ sub: 'ticket' }, named('ticket'));
  const day = watch(one);
  last().hello();
  last().tell({ type: 'snapshot', topic: 'queue:loc_1', seq: 4, items: [] });
  // Nobody asked: it was shown, and can't be any more.
  last().tell({ type: 'error', code: 'not_found', detail: 'Gone.', topic: 'queue:loc_1' });
  expect(refused).toEqual(['queue not_found']);
  // What isn't watched here concerns nobody.
  last().tell({ type: 'error', code: 'not_found', detail: 'Gone.', topic: 'queue:loc_9' });
  last().tell({ type: 'error', code: 'not_allowed', detail: 'No.', topic: TOPIC });
  expect(day.refused.map((error) => error.code)).toEqual(['not_allowed']);
  expect(refused).toHaveLength(1);
  last().tell({ type: 'error', code: 'no_ticket', detail: 'No.' });
  expect(refused).toEqual(['queue not_found', 'ticket no_ticket']);
  one.close();
});

it('says of a screen that it is over once it knows which', () => {
  const { live: one } = live({ greeting: { shop: 'lagoon' } });
  const stop = one.watch({ sub: 'board' }, { shown: () => undefined });
  last().hello();
  stop();
  expect(last().said.at(-1)).toEqual({ sub: 'board' });
  last().tell({ type: 'snapshot', topic: 'board:loc_1', seq: 3, items: [item('loc_1', 3)] });
  expect(last().said.at(-1)).toEqual({ unsub: 'board:loc_1' });
  one.close();
});

it('finds out which screen it shows', () => {
  const { live: one } = live({ greeting: { shop: 'lagoon' } });
  const boards: number[] = [];
  one.watch({ sub: 'board' }, { shown: (items) => boards.push(items.size) });
  last().hello();
  last().tell({ type: 'snapshot', topic: 'board:loc_1', seq: 3, items: [item('loc_1', 3)] });
  last().tell({ type: 'change', topic: 'board:loc_1', seq: 5, items: [item('loc_1', 5)], gone: [] });
  expect(boards).toEqual([1, 1]);
  last().break();
  vi.advanceTimersByTime(500);
  last().hello();
  expect(last().said.at(-1)).toEqual({ sub: 'board', since: 5 });
  one.close();
});

it('notices that nobody is there', () => {
  const { live: one } = live();
  last().hello();
  vi.advanceTimersByTime(45_000);
  expect(last().said.at(-1)).toEqual({ ping: 1 });
  last().tell({ type: 'pong', ping: 1, seq: 0 });
  vi.advanceTimersByTime(45_000 + 7_999);
  expect(one.state).toBe('open');
  vi.advanceTimersByTime(1);
  expect(one.state).toBe('waiting');
  expect(lines[0]?.closed).toBe(true);
  one.close();
});

it('does not wait when the page is looked at again or the network is back', () => {
  const { live: one } = live();
  last().break();
  page.hidden = true;
  page.dispatchEvent(new Event('visibilitychange'));
  expect(lines).toHaveLength(1);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  expect(lines).toHaveLength(2);
  last().break();
  network.dispatchEvent(new Event('online'));
  expect(lines).toHaveLength(3);
  last().hello();
  network.dispatchEvent(new Event('online'));
  expect(last().said.at(-1)).toEqual({ ping: 1 });
  one.close();
  network.dispatchEvent(new Event('online'));
  expect(lines).toHaveLength(3);
});

it('leaves a server of another version to a newer page', () => {
  const { live: one } = live();
  last().tell({ type: 'hello', v: 2 });
  expect(one.state).toBe('over');
  expect(last().closed).toBe(true);
});
