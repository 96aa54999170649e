import { expect, test } from '../support/bench';
import { openShop } from '../support/shop';

/** What a first visit may cost, until the services are there. */
const REQUESTS = 8;
const BYTES = 70 * 1024;

test('the services are there after few requests and few bytes, from nothing', async ({ page, another }) => {
  const { slug } = await openShop(page);
  const stranger = await another();
  // The next steps are fetched ahead while one reads: here nobody gets to that.
  await stranger.addInitScript(() => {
    const own = window.setTimeout;
    window.setTimeout = ((work: () => void, ms = 0) => (ms < 500 ? own(work, ms) : 0)) as typeof window.setTimeout;
  });
  const session = await stranger.context().newCDPSession(stranger);
  await session.send('Network.enable');
  const asked = new Map<string, { url: string; bytes: number; over?: true }>();
  session.on('Network.requestWillBeSent', ({ requestId, request: { url } }) => {
    if (/^https?:/.test(url)) asked.set(requestId, { url: new URL(url).pathname, bytes: 0 });
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = asked.get(requestId);
    if (one) Object.assign(one, { bytes: encodedDataLength, over: true });
  });
  session.on('Network.loadingFailed', ({ requestId }) => {
    const one = asked.get(requestId);
    if (one) one.over = true;
  });
  await stranger.goto(`/${slug}`);
  await expect(stranger.getByRole('button', { name: /Relaxing massage/ })).toBeVisible();
  // What is on its way has no weight yet.
  await expect.poll(() => [...asked.values()].filter(({ over }) => !over).map(({ url }) => url)).toEqual([]);
  const now = [...asked.values()];
  test.skip(now.some(({ url }) => url.startsWith('/@vite/')), 'only a built client has a weight');
  const list = now.map(({ url, bytes }) => `${String(bytes).padStart(7)} ${url}`).join('\n');
  expect(now.length, `too many requests:\n${list}`).toBeLessThanOrEqual(REQUESTS);
  expect(now.reduce((sum, { bytes }) => sum + bytes, 0), `too many bytes:\n${list}`).toBeLessThanOrEqual(BYTES);
});
