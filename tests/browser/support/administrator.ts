import { expect, type BrowserContext, type Page } from '@playwright/test';
import { call } from './people';
import { totp } from './totp';

// Nobody becomes an administrator over HTTP: whoever starts the server says which login is one.
const ADMIN = process.env['OPENCHAIR_ADMIN'];
export const ADMIN_PASSWORD = process.env['OPENCHAIR_ADMIN_PASSWORD'] ?? 'please-take-a-seat';

/** The one administrator: their second factor is set up once, and what is later needs it. Whatever signs in as
 *  them runs one after the other, in one file. */
let secret = '';
/** A code is good only once: each time the next one is used. */
let used = 0;
/** They stay signed in: codes come half a minute apart. */
let session: Awaited<ReturnType<BrowserContext['cookies']>> = [];

export async function nextCode(): Promise<string> {
  const step = () => Math.floor(Date.now() / 30_000);
  await expect.poll(step, { timeout: 40_000 }).toBeGreaterThan(used - 1);
  const ahead = Math.max(0, used + 1 - step());
  used = step() + ahead;
  return totp(secret, ahead);
}

/** The secret of the second factor that is being set up. */
export function factorIs(made: string): void {
  secret = made.replace(/\s/g, '');
}

/** Signs in as the administrator, whatever language the page speaks. */
export async function administrator(page: Page): Promise<void> {
  if (!ADMIN) throw new Error('OPENCHAIR_ADMIN names a login that looks after the platform');
  await page.goto('/sign-in');
  await page.context().addCookies(session);
  // A second factor that was set up meanwhile has ended what was signed in before.
  if (session.length === 0 || !(await page.request.get('/v1/me')).ok()) {
    type Answer = { status: string; challenge?: string };
    const { status, challenge } = await call<Answer>(page, 'POST', '/v1/auth/sign-in', { email: ADMIN, password: ADMIN_PASSWORD });
    if (status === 'second_factor_required') await call(page, 'POST', '/v1/auth/second-factor', { challenge, code: await nextCode() });
  }
  await page.goto('/app');
  await page.waitForURL('**/app/*');
  session = await page.context().cookies();
}

/** An administrator whose second factor is set up: without it the platform shows nothing. */
export async function provenAdministrator(page: Page): Promise<void> {
  if (!secret) {
    await administrator(page);
    factorIs((await call<{ secret: string }>(page, 'POST', '/v1/me/totp')).secret);
    await call(page, 'POST', '/v1/me/totp/confirm', { code: await nextCode(), password: ADMIN_PASSWORD });
  }
  await administrator(page);
}
