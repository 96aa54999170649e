import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test, type Page } from '@playwright/test';
import lighthouse, { desktopConfig, type Config, type Flags, type Result } from 'lighthouse';
import { args, executablePath, server } from '../support/browser';
import { call, owner } from '../support/people';
import { openShop } from '../support/shop';

/** What is asked of a page; shares of 1, milliseconds, and the shift of its layout. */
interface Bars {
  performance?: number;
  accessibility?: number;
  'best-practices'?: number;
  seo?: number;
  lcp?: number;
  cls: number;
}

const RUNS = 3;
/** A machine that computes less than this tells more of itself than of the page: its times are only reported. */
const FAST_ENOUGH = 1000;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const socket = createServer().listen(0, '127.0.0.1', () => {
      const { port } = socket.address() as AddressInfo;
      socket.close(() => resolve(port));
    });
  });

const median = (values: number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

/** A browser that lighthouse can take over, with what is opened in it before. */
async function measured(prepare: (page: Page) => Promise<string>, config?: Config): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'openchair-lighthouse-'));
  const port = await freePort();
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    args: [...args, `--remote-debugging-port=${port}`],
    baseURL: server(),
    locale: 'en-US',
  });
  try {
    const page = await context.newPage();
    const url = new URL(await prepare(page), server()).href;
    await page.close();
    const results: Result[] = [];
    // Who is signed in stays so; the pages that count come with nothing in the cache.
    const flags: Flags = { port, output: 'json', logLevel: 'error', disableStorageReset: true };
    for (let run = 0; run < RUNS; run += 1) {
      const done = await lighthouse(url, flags, config);
      if (!done) throw new Error(`nothing was measured at ${url}`);
      if (done.lhr.runtimeError) throw new Error(done.lhr.runtimeError.message);
      results.push(done.lhr);
    }
    return results;
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function hold(what: string, results: Result[], { performance = 0, ...bars }: Bars): void {
  const score = (name: string) => median(results.map(({ categories }) => categories[name]?.score ?? 0));
  const figure = (name: string) => median(results.map(({ audits }) => audits[name]?.numericValue ?? NaN));
  const power = median(results.map(({ environment }) => environment.benchmarkIndex));
  const found = {
    performance: score('performance'),
    accessibility: score('accessibility'),
    'best-practices': score('best-practices'),
    seo: score('seo'),
    lcp: Math.round(figure('largest-contentful-paint')),
    cls: Number(figure('cumulative-layout-shift').toFixed(3)),
  };
  const fast = power >= FAST_ENOUGH;
  console.log(`    ${what}: ${JSON.stringify(found)}; machine ${Math.round(power)}${fast ? '' : ', too slow for times to count'}`);
  // What is amiss says more than its score.
  const amiss = Object.values(results[0]?.audits ?? {})
    .filter(({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === 'binary')
    .map(({ id, details }) => {
      const items = details?.type === 'table' ? details.items : [];
      const where = items.flatMap(({ node }) => (node && typeof node === 'object' && 'selector' in node ? [String(node.selector)] : []));
      return [id, ...where].join(' ');
    });
  for (const name of ['accessibility', 'best-practices', 'seo'] as const) {
    const bar = bars[name];
    if (bar !== undefined) expect(found[name], `${what}: ${name}; amiss: ${amiss.join(', ')}`).toBeGreaterThanOrEqual(bar);
  }
  expect(found.cls, `${what}: shift of its layout`).toBeLessThanOrEqual(bars.cls);
  if (!fast) return;
  expect(found.performance, `${what}: performance`).toBeGreaterThanOrEqual(performance);
  if (bars.lcp !== undefined) expect(found.lcp, `${what}: largest paint, ms`).toBeLessThanOrEqual(bars.lcp);
}

test('the booking page on a phone', async () => {
  const results = await measured(async (page) => {
    const { slug } = await openShop(page);
    return `/${slug}`;
  });
  hold('booking', results, { performance: 0.98, accessibility: 1, 'best-practices': 1, seo: 1, lcp: 1800, cls: 0.02 });
});

const today = async (page: Page) => {
  await owner(page);
  await call(page, 'GET', '/v1/me');
  return '/app';
};

test('the day of the staff, at the desk', async () => {
  const results = await measured(today, desktopConfig);
  hold('today', results, { performance: 0.95, accessibility: 1, 'best-practices': 1, lcp: 1800, cls: 0.05 });
});

// A slow phone takes its time for a whole day: how much is only reported.
test('the day of the staff, on a phone', async () => {
  hold('today, phone', await measured(today), { accessibility: 1, 'best-practices': 1, cls: 0.05 });
});
