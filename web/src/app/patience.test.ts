import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { patience } from './patience';

const busy = (seconds: number) => new Response('{}', { status: 429, headers: { 'Retry-After': String(seconds) } });
const asked = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockReset();
  vi.stubGlobal('fetch', asked);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function had(response: Response, method = 'GET'): Promise<Response> {
  const request = new Request('http://shop.example/v1/staff', { method });
  const got = patience.onResponse?.({ request, response } as Parameters<NonNullable<typeof patience.onResponse>>[0]);
  await vi.runAllTimersAsync();
  return ((await got) as Response | undefined) ?? response;
}

it('asks again when the server has said it may', async () => {
  asked.mockResolvedValueOnce(busy(2)).mockResolvedValueOnce(new Response('{}'));
  const begun = Date.now();
  expect((await had(busy(3))).status).toBe(200);
  expect(asked).toHaveBeenCalledTimes(2);
  expect(Date.now() - begun).toBe(5000);
});

it('gives up where it stays too much', async () => {
  asked.mockImplementation(() => Promise.resolve(busy(1)));
  expect((await had(busy(1))).status).toBe(429);
  expect(asked).toHaveBeenCalledTimes(2);
});

it.each([
  ['what would take long', busy(60), 'GET'],
  ['what changes something', busy(1), 'POST'],
  ['what was answered', new Response('{}'), 'GET'],
])('never repeats %s', async (_, response, method) => {
  expect(await had(response, method)).toBe(response);
  expect(asked).not.toHaveBeenCalled();
});
