import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { asking, bookAt, deskOf, policy, slots } from '../support/menu';
import { call } from '../support/people';
import { colleague, openShop } from '../support/shop';

const times = (page: Page) => page.locator('main section li button');
const bookIt = (page: Page) => page.getByRole('button', { name: 'Book it', exact: true });
const booked = (page: Page) => expect(page.getByRole('heading', { name: 'You’re booked' })).toBeVisible();

async function toWho(page: Page, slug: string, email: string): Promise<void> {
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await times(page).last().click();
  await page.getByLabel('Your name').fill('Nina Two');
  await page.getByLabel('E-mail').fill(email);
}

/** The newest mail to somebody that matches. */
async function mailed(page: Page, to: string, pattern: RegExp): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      const mails = (await (await page.request.get('/dev/mail.json')).json()) as { to: string; text: string; at: string }[];
      const own = mails.filter((mail) => mail.to.includes(to)).sort((a, b) => b.at.localeCompare(a.at));
      found = own.map(({ text }) => pattern.exec(text)?.[1]).find((each) => each !== undefined);
      return found;
    }, { timeout: 30_000 })
    .toBeTruthy();
  return found ?? '';
}

test('what the shop must know is asked before the visit, and kept with it', async ({ page, another }) => {
  const desk = await another();
  const { slug } = await deskOf(desk);
  await asking(desk);
  await toWho(page, slug, 'nina@example.com');
  await expect(page.getByRole('heading', { name: 'Your health' })).toBeVisible();
  await expect(page.getByText('I come at my own risk.')).toBeVisible();
  await bookIt(page).click();
  // The first that is missing has the focus; none is forgotten.
  await expect(page.getByText('Please answer this.')).toHaveCount(2);
  await expect(page.getByText('The shop needs your yes to this.')).toBeVisible();
  await expect(page.getByRole('group', { name: 'Are you pregnant?' }).getByLabel('Yes')).toBeFocused();

  await page.getByRole('group', { name: 'Are you pregnant?' }).getByLabel('No').check();
  await page.getByLabel('How firm?').selectOption('Firm');
  await bookIt(page).click();
  await expect(page.getByText('Please answer this.')).toHaveCount(0);
  const agree = page.getByLabel('I agree');
  await expect(agree).toBeFocused();
  await agree.check();
  await bookIt(page).click();
  await booked(page);
  // What somebody says of their health is kept nowhere on the device.
  expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).not.toContain('Firm');

  const { items } = await call<{ items: { customer: { id: string } }[] }>(desk, 'GET', '/v1/appointments');
  const customer = `/v1/customers/${items[0]?.customer.id}`;
  const answers = await call<{ items: { form_name: string; answers: Record<string, unknown>; appointment_id: string }[] }>(desk, 'GET', `${customer}/answers`);
  expect(answers.items.map(({ form_name, answers }) => [form_name, Object.values(answers).map(String).sort()])).toEqual([
    ['Your health', ['Firm', 'false']],
  ]);
  const { items: agreed } = await call<{ items: unknown[] }>(desk, 'GET', `${customer}/consents`);
  expect(agreed).toMatchObject([{ granted: true, form_version: 1, recorded_by: 'Customer', appointment_id: answers.items[0]?.appointment_id }]);
});

test('where an address has to be proved, a code by mail does it', async ({ page, guard }) => {
  guard.allow(409);
  const { slug } = await openShop(page, (desk) => policy(desk, { verify_contact: true }));
  const email = `nina-${slug}@example.com`;
  await toWho(page, slug, email);
  await expect(page.getByText(/^We’ll send a code to your e-mail first/)).toBeVisible();
  await bookIt(page).click();
  const code = page.getByLabel('The code from the mail');
  await expect(code).toBeFocused();
  const right = await mailed(page, email, /\b(\d{6})\b/);
  await code.fill(right === '000000' ? '111111' : '000000');
  await bookIt(page).click();
  await expect(page.getByText('This isn’t the code that was sent to you.')).toBeVisible();
  await expect(code).toBeFocused();
  await code.fill(right);
  await bookIt(page).click();
  await booked(page);
});

test('where the shop says yes itself, one asks, and is told how it stands', async ({ page }) => {
  const { slug } = await openShop(page, (desk) => policy(desk, { needs_approval: true }));
  await toWho(page, slug, 'nina@example.com');
  await expect(bookIt(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Ask for it' }).click();
  await expect(page.getByRole('heading', { name: 'We’ve asked for you' })).toBeVisible();
  await expect(page.getByText(/looks at it and says yes or no/)).toBeVisible();
  await page.getByRole('link', { name: 'See or change it' }).click();
  await expect(page.getByRole('heading', { name: /will answer soon$/ })).toBeVisible();
});

test('a time that is lost while one types is replaced, and what was typed stays', async ({ page, another, guard }) => {
  guard.allow(404, 409, 410);
  const { slug } = await openShop(page);
  await toWho(page, slug, 'nina@example.com');
  // It isn't kept for them any more, and somebody else has it.
  const hold = await page.evaluate((slug) => {
    const kept = JSON.parse(sessionStorage.getItem(`openchair.book.${slug}`) ?? '{}') as { hold: { hold: string; start: string } };
    return kept.hold;
  }, slug);
  const other = await another();
  await other.goto('/sign-in');
  await call(other, 'POST', `/v1/public/${slug}/holds/release`, { hold: hold.hold });
  await bookAt(other, slug, hold.start);

  await bookIt(page).click();
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeFocused();
  await expect(page.getByRole('alert')).toContainText('just been taken');
  const near = page.getByRole('list', { name: 'Times near it' }).getByRole('button');
  await near.first().click();
  await expect(page.getByLabel('Your name')).toHaveValue('Nina Two');
  await expect(page.getByLabel('E-mail')).toHaveValue('nina@example.com');
  await bookIt(page).click();
  await booked(page);
});

test('the first free time is found however far it is', async ({ page }) => {
  const { slug, zone } = await openShop(page, (desk) => policy(desk, { notice_minutes: 20 * 1440, horizon_days: 90 }));
  const day = (days: number) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(Date.now() + days * 86_400_000));
  const [earliest] = await slots(page, slug, day(19), day(25));
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  const first = page.getByRole('button', { name: /^First free:/ });
  const local = new Date(`${earliest?.local.slice(0, 16)}:00Z`);
  const named = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'long', day: 'numeric' }).format(local);
  await expect(first).toContainText(named);
  await first.click();
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
  await expect(page.locator('.now')).toContainText(named);
});

test('whoever goes back while a time is taken chooses anew, and that time is given back', async ({ page }) => {
  const { slug } = await openShop(page, colleague);
  let answer = () => undefined as void;
  const gate = new Promise<void>((resolve) => (answer = resolve));
  let first = true;
  await page.route(`**/v1/public/${slug}/holds`, async (route) => {
    if (!first) return route.continue();
    first = false;
    const response = await route.fetch();
    await gate;
    await route.fulfill({ response });
  });
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await page.getByRole('button', { name: /Selma Haddad/ }).click();
  await times(page).last().click();
  await page.goBack();
  await page.getByRole('button', { name: /Jun Park/ }).click();
  await expect(times(page).last()).toBeEnabled();
  const released = page.waitForResponse(/holds\/release$/);
  answer();
  expect((await released).status()).toBeLessThan(300);
  await expect(page.getByRole('heading', { name: 'When suits you?' })).toBeVisible();
  await times(page).last().click();
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
  await expect(page.locator('.now')).toContainText('with Jun Park');
});

test('later days that didn’t come are there after another try', async ({ page, guard }) => {
  guard.away();
  const { slug } = await openShop(page);
  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  const days = page.getByRole('group', { name: 'Day' }).getByRole('radio');
  await expect(days).toHaveCount(14);
  await page.route('**/slots?*', (route) => route.abort());
  await page.getByRole('button', { name: 'Later days' }).click();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible();
  await page.unroute('**/slots?*');
  await again.click();
  await expect(days).toHaveCount(28);
  await expect(again).toHaveCount(0);
});

test('what is amiss with a second booking has the focus, too', async ({ page, guard }) => {
  guard.allow(422);
  const { slug } = await openShop(page);
  await toWho(page, slug, 'nina@example.com');
  await bookIt(page).click();
  await booked(page);
  await page.getByRole('button', { name: 'Book another' }).click();
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await times(page).last().click();
  const fields = [{ field: '/email', code: 'invalid_email', detail: 'This isn’t an e-mail address.' }];
  const problem = { code: 'validation_failed', status: 422, fields };
  await page.route('**/appointments', (route) => route.fulfill({ status: 422, json: problem }));
  await bookIt(page).click();
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await expect(page.getByText('This isn’t an e-mail address.')).toBeVisible();
});
