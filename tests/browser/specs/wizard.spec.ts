import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/bench';
import { call, fresh, owner, PASSWORD } from '../support/people';
import { readCode } from '../support/qr';
import { openLine } from '../support/queue';

type Service = { id: string; name: string; price_minor: number; online: boolean };

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const on = (page: Page) => page.getByRole('button', { name: /That’s right, go on|Save and go on/ });
const preview = (page: Page) => page.frameLocator('iframe');
const menu = async (page: Page) => (await call<{ items: Service[] }>(page, 'GET', '/v1/services')).items;
const slugOf = async (page: Page) => (await call<{ slug: string }>(page, 'GET', '/v1/tenant')).slug;

/** Counts what a person does, and what a thumb would take for it. */
class Hand {
  interactions = 0;
  letters = 0;
  readonly #start = Date.now();

  async tap(what: Locator): Promise<void> {
    this.interactions += 1;
    await what.click();
  }

  async write(where: Locator, text: string): Promise<void> {
    this.interactions += 1;
    this.letters += text.length;
    await where.fill('');
    await where.pressSequentially(text);
  }

  told(what: string): string {
    const seconds = (Date.now() - this.#start) / 1000;
    // A thumb writes two and a half letters a second and takes two seconds to find the next place.
    const human = seconds + this.letters / 2.5 + this.interactions * 2;
    return `${what}: ${this.interactions} interactions, ${this.letters} letters, ${seconds.toFixed(1)} s of machine time, about ${human.toFixed(0)} s by hand`;
  }
}

test('from nothing to the first booking, on two phones', async ({ page, another }, info) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const who = fresh();
  const hand = new Hand();
  await page.goto('/');
  await hand.tap(page.getByRole('link', { name: 'Open your shop' }));
  await hand.write(page.getByLabel('Business name', { exact: true }), who.business);
  await expect(page.getByText('This address is free.')).toBeVisible();
  await hand.tap(page.getByRole('button', { name: 'Continue' }));
  await hand.write(page.getByLabel('Your name', { exact: true }), who.name);
  await hand.write(page.getByLabel('E-mail', { exact: true }), who.email);
  await hand.write(page.getByLabel('Password', { exact: true }), PASSWORD);
  await hand.tap(page.getByRole('button', { name: 'Open the shop' }));

  await expect(heading(page, 'What do you offer?')).toBeVisible();
  await expect(page.getByText('Step 1 of 5')).toBeVisible();
  await hand.write(page.getByLabel('Price of Relaxing massage'), '120');
  await hand.tap(on(page));
  await expect(heading(page, 'When are you open?')).toBeFocused();
  await hand.tap(on(page));
  await expect(heading(page, 'Who works here?')).toBeFocused();
  await hand.tap(on(page));
  await expect(heading(page, 'How does it look?')).toBeFocused();
  await hand.write(page.getByLabel('Address', { exact: true }), '7 Shore Road, Tamuning');
  await hand.tap(on(page));
  await expect(heading(page, 'Who books first?')).toBeFocused();
  const link = (await page.locator('section .address a').textContent()) ?? '';
  const opened = hand.told('sign-up to an open shop at 390 px');

  const visitor = await another({ timezoneId: 'Europe/Berlin', viewport: { width: 390, height: 844 } });
  const theirs = new Hand();
  await visitor.goto(link);
  await expect(visitor.getByText('7 Shore Road, Tamuning')).toBeVisible();
  await expect(visitor.getByRole('button', { name: /Relaxing massage/ })).toContainText('$120');
  await theirs.tap(visitor.getByRole('button', { name: /Relaxing massage/ }));
  await theirs.tap(visitor.locator('main section li button').first());
  await theirs.write(visitor.getByLabel('Your name'), 'Nina Two');
  await theirs.write(visitor.getByLabel('E-mail'), 'nina@example.com');
  await theirs.tap(visitor.getByRole('button', { name: 'Book it', exact: true }));
  await expect(visitor.getByRole('heading', { name: 'You’re booked' })).toBeVisible();
  const booked = theirs.told('the first booking');

  for (const line of [opened, booked, hand.told('sign-up to first booking, the shop’s part')]) {
    console.log(`\n${line}`);
    info.annotations.push({ type: 'effort', description: line });
  }
  expect(hand.interactions).toBeLessThanOrEqual(15);
  expect(theirs.interactions).toBeLessThanOrEqual(6);

  await hand.tap(page.getByRole('link', { name: 'To my front desk' }));
  await expect(page.getByRole('heading', { name: 'Who’s coming?' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go on with the tour' }), 'nothing is left of it').toHaveCount(0);
});

test('the preview is the page itself, and follows what is typed before it is saved', async ({ page }) => {
  await owner(page);
  await page.goto('/app/welcome');
  await expect(heading(page, 'What do you offer?')).toBeVisible();
  await expect(preview(page).getByText('Relaxing massage')).toBeVisible();

  await page.getByLabel('Name of Relaxing massage').fill('Slow massage');
  await page.getByLabel('Price of Slow massage').fill('99');
  await page.getByRole('checkbox', { name: 'We offer: Couples massage' }).uncheck();
  await expect(preview(page).getByText('Slow massage')).toBeVisible();
  await expect(preview(page).getByText('$99')).toBeVisible();
  await expect(preview(page).getByText('Couples massage')).toHaveCount(0);
  expect((await menu(page)).map(({ name }) => name)).toContain('Relaxing massage');

  await page.getByLabel('Price of Slow massage').fill('a lot');
  await on(page).click();
  await expect(page.getByLabel('Price of Slow massage')).toBeFocused();
  await expect(page.getByLabel('Price of Slow massage')).toHaveAccessibleDescription(/What does it cost/);
  await page.getByLabel('Price of Slow massage').fill('99.50');
  await on(page).click();
  await expect(heading(page, 'When are you open?')).toBeFocused();
  const saved = await menu(page);
  expect(saved.find(({ name }) => name === 'Slow massage')?.price_minor).toBe(9950);
  expect(saved.find(({ name }) => name === 'Couples massage')?.online).toBe(false);

  await on(page).click();
  await page.getByRole('button', { name: 'Add somebody' }).click();
  await page.getByLabel('Name, as customers see it', { exact: true }).fill('Jun Park');
  await expect(preview(page).getByText('With whom?')).toBeVisible();
  await expect(preview(page).getByText('Jun Park')).toBeVisible();

  // What isn't wanted after all is let be.
  await page.getByRole('button', { name: 'Skip without saving' }).click();
  await expect(heading(page, 'How does it look?')).toBeFocused();
  expect((await call<{ items: unknown[] }>(page, 'GET', '/v1/staff')).items).toHaveLength(1);
  const colour = () => preview(page).locator('html').evaluate((html) => html.style.getPropertyValue('--hue'));
  await page.getByLabel('Your colour').fill('25');
  await expect.poll(colour).toBe('25');
  await page.getByLabel('Business name').fill('The Slow House');
  await expect(preview(page).getByText('The Slow House')).toBeVisible();
});

test('one leaves, comes back to the first step that is left, and goes back as in any book', async ({ page }) => {
  await owner(page);
  await page.goto('/app/welcome');
  await expect(heading(page, 'What do you offer?')).toBeVisible();
  await on(page).click();
  await expect(heading(page, 'When are you open?')).toBeFocused();
  await on(page).click();
  await expect(heading(page, 'Who works here?')).toBeFocused();
  await page.goBack();
  await expect(heading(page, 'When are you open?')).toBeFocused();
  await page.goForward();
  await page.getByRole('link', { name: 'Finish later' }).click();
  await expect(page.getByRole('heading', { name: 'Who’s coming?' })).toBeVisible();
  await expect(page.getByText('3 stops are left')).toBeVisible();
  await page.getByRole('link', { name: 'Go on with the tour' }).click();
  await expect(heading(page, 'Who works here?')).toBeFocused();
  // Whoever signs in later is where the day is.
  await page.goto('/app');
  await expect(page.getByRole('heading', { name: 'Who’s coming?' })).toBeVisible();
});

test('what is added can be booked, with whoever is added, by keyboard alone', async ({ page }) => {
  await owner(page);
  const slug = await slugOf(page);
  await page.goto('/app/welcome?step=services');
  await expect(heading(page, 'What do you offer?')).toBeVisible();
  const press = async (target: Locator, key: string) => {
    for (let steps = 0; steps < 120; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return page.keyboard.press(key);
      await page.keyboard.press('Tab');
    }
    throw new Error('the keyboard doesn’t reach it');
  };
  await press(page.getByRole('button', { name: 'Add a service Face' }), 'Enter');
  await page.keyboard.type('Test peel');
  await page.keyboard.press('Tab');
  await page.keyboard.type('45');
  await page.keyboard.press('Tab');
  await page.keyboard.type('70');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'When are you open?')).toBeFocused();
  await press(page.getByRole('checkbox', { name: 'Monday' }), 'Space');
  await press(on(page), 'Enter');
  await expect(heading(page, 'Who works here?')).toBeFocused();
  await press(page.getByRole('button', { name: 'Add somebody' }), 'Enter');
  await page.keyboard.type('Jun Park');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'How does it look?')).toBeFocused();

  type Shop = { services: Service[]; staff: { id: string; name: string; services: { service_id: string }[] }[] };
  const shop = await call<Shop>(page, 'GET', `/v1/public/${slug}`);
  const peel = shop.services.find(({ name }) => name === 'Test peel');
  const jun = shop.staff.find(({ name }) => name === 'Jun Park');
  for (const each of shop.staff) expect(each.services.map(({ service_id }) => service_id)).toContain(peel?.id);
  // Monday was closed in the kit: the door and everybody's hours are open now.
  const monday = new Date();
  monday.setUTCDate(monday.getUTCDate() + ((8 - monday.getUTCDay()) % 7 || 7) + 7);
  const day = monday.toISOString().slice(0, 10);
  const path = `/v1/public/${slug}/slots/first?services=${peel?.id}&staff=${jun?.id}&from=${day}`;
  expect((await call<{ slot: { local: string } }>(page, 'GET', path)).slot.local).toContain(day);
});

async function saved(page: Page, button: string): Promise<{ name: string; file: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return { name: download.suggestedFilename(), file: await readFile(await download.path()) };
}

test('the poster leads to the page: printed, as a picture and as a drawing', async ({ page, context }) => {
  const { slug, location } = await openLine(page);
  await page.goto('/app/poster');
  await expect(page.getByRole('img', { name: /^The poster of/ })).toBeVisible();
  const origin = new URL(page.url()).origin;
  // Nothing has to be asked of anybody for it.
  await context.setOffline(true);
  const svg = await saved(page, 'SVG');
  expect(svg.name).toBe(`${slug}-poster.svg`);
  expect(await readCode(page, svg.file, 'image/svg+xml')).toBe(`${origin}/${slug}`);
  const png = await saved(page, 'PNG');
  expect(png.file.subarray(1, 4).toString()).toBe('PNG');
  expect(await readCode(page, png.file, 'image/png')).toBe(`${origin}/${slug}`);
  await context.setOffline(false);

  await page.getByLabel('What for?').selectOption(location);
  await page.locator('main').getByLabel('Language').selectOption('de');
  await expect(page.getByRole('img', { name: /walk-in line/ })).toBeVisible();
  const line = await saved(page, 'SVG');
  expect(line.file.toString()).toContain('In die Schlange');
  expect(await readCode(page, line.file, 'image/svg+xml')).toBe(`${origin}/${slug}/queue`);

  const sheets = async () => {
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    return { pages: pdf.match(/\/Type \/Page\b/g)?.length, box: /\/MediaBox \[([\d. ]+)\]/.exec(pdf)?.[1]?.split(' ').map(Number) };
  };
  expect(await sheets()).toEqual({ pages: 1, box: [0, 0, 612, 792] });
  await page.getByLabel('Paper').selectOption('a4');
  const { pages, box } = await sheets();
  expect(pages).toBe(1);
  expect(box?.[3]).toBeCloseTo(842, -1);
});
