import type { Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { bookAt, dayIn, deskOf, slots } from '../support/menu';
import { call } from '../support/people';
import { bookedVisit, openShop } from '../support/shop';

/** A day on which a new spa is open the whole day, with some weeks of the same behind it. */
async function someday(page: Page, slug: string, zone: string): Promise<{ start: string; local: string }[]> {
  for (let days = 4; days < 12; days += 1) {
    const free = await slots(page, slug, dayIn(days, zone));
    if (free.length > 6) return free;
  }
  throw new Error('no day is free');
}

/** The same time of the clock, weeks later. */
async function weeksLater(page: Page, slug: string, local: string, weeks: number): Promise<string> {
  const day = new Date(Date.parse(`${local.slice(0, 10)}T00:00Z`) + weeks * 7 * 86_400_000).toISOString().slice(0, 10);
  const free = await slots(page, slug, day);
  const same = free.find((each) => each.local.slice(11, 16) === local.slice(11, 16));
  if (!same) throw new Error(`nothing is free at ${local}, ${weeks} weeks later`);
  return same.start;
}

test('a visit comes again: a time that is taken is skipped, another one shifted', async ({ page }) => {
  const { slug, zone } = await openShop(page);
  const free = await someday(page, slug, zone);
  const { start, local } = free[4] ?? { start: '', local: '' };
  for (const weeks of [1, 2]) await bookAt(page, slug, await weeksLater(page, slug, local, weeks));
  const path = await bookAt(page, slug, start, 'Nina Two');

  await page.goto(path);
  await page.getByRole('link', { name: 'Have it come again' }).click();
  await expect(page.getByRole('heading', { name: 'How often would you like it?' })).toBeFocused();
  await page.getByLabel('How often?').selectOption('Every week');
  await page.getByLabel('How many, with this one?').selectOption('4 visits');
  await page.getByRole('button', { name: 'See the times' }).click();
  const later = page.getByRole('list', { name: 'The later visits' }).locator('> li');
  await expect(later).toHaveCount(3);
  await expect(later.nth(0)).toContainText('taken');
  await expect(later.nth(2)).toContainText('free');
  await expect(page.getByText('2 times need others, or are skipped.')).toBeVisible();
  // Nothing is booked as long as one of them is open.
  await expect(page.getByRole('button', { name: 'Book them all' })).toHaveCount(0);

  await later.nth(0).getByRole('button', { name: 'Skip this one' }).click();
  await expect(later.nth(0)).toContainText('skipped');
  const other = later.nth(1).getByRole('list', { name: 'Times near it' }).getByRole('button').first();
  const shifted = (await other.locator('b').innerText()).trim();
  await other.click();
  await expect(later.nth(1)).toContainText('free');
  await page.getByRole('button', { name: 'Book them all' }).click();
  await expect(page.getByRole('heading', { name: '2 more visits are booked' })).toBeVisible();
  await page.getByRole('link', { name: new RegExp(`at ${shifted}$`) }).click();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  // It is one of several already.
  await expect(page.getByText('Visit 3 of those that come again.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Have it come again' })).toHaveCount(0);
});

test('a time to move to that can’t be had any more is explained, with those near it', async ({ page, another, guard }) => {
  guard.allow(409);
  const desk = await another();
  const { slug, zone } = await deskOf(desk);
  const free = await someday(desk, slug, zone);
  const path = await bookAt(desk, slug, free[0]?.start ?? '', 'Nina Two');
  await page.goto(path);
  await page.getByRole('link', { name: 'Move it' }).click();
  const times = page.locator('main section li button');
  await times.first().waitFor();
  await bookAt(desk, slug, free.at(-1)?.start ?? '');
  await times.last().click();
  const refusal = page.getByRole('alert');
  await expect(refusal).toContainText('just been taken');
  const near = page.getByRole('list', { name: 'Times near it' }).getByRole('button');
  await expect(near.first()).toBeInViewport();

  // Meanwhile they go home at the end of the first hour.
  await expect(times.first()).toBeVisible();
  const person = (await call<{ items: { id: string; hours: { location_id: string }[] }[] }>(desk, 'GET', '/v1/staff')).items[0];
  const opens = free[0]?.local.slice(11, 16) ?? '';
  const closes = `${String(Number(opens.slice(0, 2)) + 1).padStart(2, '0')}${opens.slice(2)}`;
  const windows = [{ opens, closes }];
  const location_id = person?.hours[0]?.location_id;
  await call(desk, 'PUT', `/v1/staff/${person?.id}/days/${free[0]?.local.slice(0, 10)}`, { location_id, windows });
  await near.first().click();
  await expect(refusal).toContainText('Nobody who does this is in then.');
  await near.first().click();
  await expect(page.getByText(/^It’s moved/)).toBeVisible();
});

test('a calendar is given the visit on the shop’s clock, and knows it again', async ({ page }) => {
  const { slug, zone } = await openShop(page);
  const [slot] = await someday(page, slug, zone);
  const path = await bookAt(page, slug, slot?.start ?? '', 'Nina Two');
  await page.goto(path);
  const add = page.getByRole('link', { name: 'Add to calendar' });
  const [file] = await Promise.all([page.waitForEvent('download'), add.click()]);
  expect(file.suggestedFilename()).toBe('visit.ics');

  const read = async () => {
    const answer = await page.request.get((await add.getAttribute('href')) ?? '');
    expect(answer.headers()['content-type']).toMatch(/^text\/calendar/);
    // Long lines are folded.
    return (await answer.text()).replace(/\r\n[ \t]/g, '');
  };
  const text = await read();
  const value = (name: string) => new RegExp(`^${name}[:;](.*)$`, 'm').exec(text)?.[1]?.trim();
  expect(text).toMatch(/^BEGIN:VCALENDAR\r\n/);
  expect(value('UID')).toBeTruthy();
  expect(value('SUMMARY')).toContain('Relaxing massage');
  const stamp = (at: Date) => at.toISOString().replace(/[-:]|\.\d+/g, '');
  const starts = value('DTSTART') ?? '';
  // The instant, or the shop's clock with its zone's name: never the clock of this device.
  const instant = stamp(new Date(slot?.start ?? 0));
  const local = `TZID=${zone}:${slot?.local.slice(0, 16).replace(/[-:]/g, '')}00`;
  expect([instant, local]).toContain(starts);

  const uid = value('UID');
  await page.getByRole('link', { name: 'Move it' }).click();
  await page.locator('main section li button').last().click();
  await expect(page.getByText(/^It’s moved/)).toBeVisible();
  const after = await read();
  expect(/^UID[:;](.*)$/m.exec(after)?.[1]?.trim()).toBe(uid);
  expect(Number(/^SEQUENCE:(\d+)/m.exec(after)?.[1])).toBeGreaterThan(Number(value('SEQUENCE')));
});

test('a full day: one waits, is offered a time, and takes it', async ({ page, another, guard }) => {
  guard.allow(409);
  const desk = await another();
  const { slug, zone } = await deskOf(desk);
  // A day with room for one visit, which somebody has.
  const free = await someday(desk, slug, zone);
  const day = free[0]?.local.slice(0, 10) ?? '';
  const person = (await call<{ items: { id: string; hours: { location_id: string }[] }[] }>(desk, 'GET', '/v1/staff')).items[0];
  const opens = free[0]?.local.slice(11, 16) ?? '';
  const closes = `${String(Number(opens.slice(0, 2)) + 1).padStart(2, '0')}${opens.slice(2)}`;
  const location_id = person?.hours[0]?.location_id;
  await call(desk, 'PUT', `/v1/staff/${person?.id}/days/${day}`, { location_id, windows: [{ opens, closes }] });
  await bookAt(desk, slug, free[0]?.start ?? '');

  await page.goto(`/${slug}`);
  await page.getByRole('button', { name: /Relaxing massage/ }).click();
  await page.getByRole('radio', { name: new RegExp(`${Number(day.slice(8))}\\b.*nothing free`) }).check({ force: true });
  await expect(page.getByText('Everything is taken on this day.')).toBeVisible();
  await page.getByRole('button', { name: 'Put me on the waiting list' }).click();
  await expect(page.getByLabel('From')).toHaveValue(day);
  await page.getByLabel('Your name').fill('Wanda Waits');
  await page.getByLabel('E-mail').fill(`wanda-${slug}@example.com`);
  await page.getByRole('button', { name: 'Tell me when there’s time' }).click();
  await expect(page.getByRole('heading', { name: 'You’re on the list' })).toBeVisible();
  await expect(page).toHaveURL(/\/w\//);
  const place = page.url();

  const entry = (await call<{ items: { id: string; name: string }[] }>(desk, 'GET', '/v1/waitlist')).items[0];
  expect(entry?.name).toBe('Wanda Waits');
  const next = (await slots(desk, slug, dayIn(4, zone), dayIn(20, zone))).find(({ local }) => local.slice(0, 10) > day);
  const { link } = await call<{ link: string }>(desk, 'POST', `/v1/waitlist/${entry?.id}/offer`, { start: next?.start });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'There’s time for you' })).toBeVisible();

  await page.goto(`/o/${link}`);
  await expect(page.getByRole('heading', { name: 'Time is free: do you want it?' })).toBeVisible();
  await page.getByRole('button', { name: 'Yes, I’ll take it' }).click();
  await expect(page.getByRole('heading', { name: /^See you on/ })).toBeVisible();
  await page.goto(`/o/${link}`);
  await expect(page.getByRole('heading', { name: 'This time is yours' })).toBeVisible();
  await page.goto(place);
  await expect(page.getByRole('heading', { name: 'You have a time' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Leave the list' })).toHaveCount(0);
});

test('what went wrong with cancelling is said there, and not of moving', async ({ page, guard }) => {
  guard.away();
  const { slug } = await openShop(page);
  await page.goto(await bookedVisit(page, slug));
  await page.route('**/cancel', (route) => route.abort());
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('link', { name: 'Back to the visit' }).click();
  await page.getByRole('link', { name: 'Move it' }).click();
  await expect(page.getByRole('heading', { name: 'When suits you better?' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to the visit' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Yes, cancel it' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
