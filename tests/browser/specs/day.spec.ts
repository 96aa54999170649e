import { expect, test } from '../support/bench';
import { book, drag, minutesTo, saying, shopOf, visit, type Named } from '../support/day';
import { call, confirmedOwner, join, owner, PASSWORD } from '../support/people';
import { inTheMorning, openLine, waiting } from '../support/queue';
import { colleague } from '../support/shop';

test('a visit is booked at the desk, checked in, and the step is taken back', async ({ page }) => {
  await owner(page);
  const { day, service, slots } = await shopOf(page);
  await page.goto(`/app/day/${day}`);
  await page.getByRole('button', { name: 'New visit' }).click();
  const dialog = page.getByRole('dialog', { name: 'Who’s booking?' });
  await dialog.getByLabel('Who?').fill('Ines Duarte');
  await dialog.getByLabel('What?').selectOption({ label: service.name });
  await dialog.getByRole('list', { name: 'Free times' }).getByRole('button').first().click();
  await dialog.getByRole('button', { name: /^Book at/ }).click();
  await expect(page.getByText(/^Ines Duarte is booked at/)).toBeVisible();
  await expect(visit(page, /Ines Duarte/)).toContainText('Booked');
  expect(slots.length).toBeGreaterThan(0);

  await visit(page, /Ines Duarte/).click();
  const sheet = page.getByRole('dialog', { name: 'Ines Duarte' });
  await sheet.getByRole('button', { name: 'Check in' }).click();
  await expect(sheet.getByText('Is here')).toBeVisible();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(visit(page, /Ines Duarte/)).toContainText('Booked');
});

test('each service of a visit has hands of its own, and both notes are written and changed', async ({ page }) => {
  await owner(page);
  await colleague(page);
  const { day, staff } = await shopOf(page);
  const able = staff.skills.map(({ service_id }) => service_id);
  const services = (await call<{ items: Named[] }>(page, 'GET', '/v1/services')).items.filter(({ id }) => able.includes(id));
  const [one, other] = services;
  if (!one || !other) throw new Error('the starter kit has two services');
  await page.goto(`/app/day/${day}`);
  await page.getByRole('button', { name: 'New visit' }).click();
  const dialog = page.getByRole('dialog', { name: 'Who’s booking?' });
  await dialog.getByLabel('Who?').fill('Ines Duarte');
  await dialog.getByLabel('What?').selectOption({ label: one.name });
  await dialog.getByLabel('What?').selectOption({ label: other.name });
  await dialog.getByLabel(`${one.name}: by whom?`).selectOption({ label: staff.name });
  await dialog.getByLabel(`${other.name}: by whom?`).selectOption({ label: 'Jun Park' });
  await dialog.getByLabel('Their note').fill('No oil, please.');
  await dialog.getByLabel('Note for the team').fill('Always comes early.');
  await dialog.getByRole('list', { name: 'Free times' }).getByRole('button').first().click();
  await dialog.getByRole('button', { name: /^Book at/ }).click();
  await expect(page.getByText(/^Ines Duarte is booked at/)).toBeVisible();

  await visit(page, /Ines Duarte/).first().click();
  const sheet = page.getByRole('dialog', { name: 'Ines Duarte' });
  await expect(sheet.getByText(`${staff.name}, Jun Park`)).toBeVisible();
  await expect(sheet.getByText('No oil, please.')).toBeVisible();
  await expect(sheet.getByText('Always comes early.')).toBeVisible();
  await sheet.getByRole('button', { name: 'Change the notes' }).click();
  await sheet.getByLabel('Their note').fill('No oil, and no music.');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(sheet.getByText('No oil, and no music.')).toBeVisible();
  await expect(sheet.getByText('Always comes early.')).toBeVisible();
});

test('of two at the desk who move the same visit one wins, and the other is told and sees it', async ({ page, guard, another }) => {
  guard.allow(401, 409);
  const { name: winner } = await confirmedOwner(page);
  const shop = await shopOf(page);
  await book(page, shop, 0, 'Omar Farah');
  const theirs = await another();
  await join(page, theirs, 'receptionist', 'Jun Park');
  await Promise.all([page, theirs].map((each) => each.goto(`/app/day/${shop.day}`)));
  await Promise.all([page, theirs].map((each) => expect(visit(each, /Omar Farah/)).toBeVisible()));
  const before = await saying(visit(page, /Omar Farah/));

  // Theirs is on its way until the other one is answered.
  let go = () => {};
  const answered = new Promise<void>((resolve) => (go = resolve));
  await theirs.route('**/v1/appointments/*/move', async (route) => {
    await answered;
    await route.continue();
  });
  const refused = theirs.waitForResponse(/\/v1\/appointments\/[^/]+\/move$/);
  // An hour is 84 pixels.
  await drag(theirs, 'Omar Farah', minutesTo(shop, 4) * 1.4);
  await expect(visit(theirs, /Omar Farah/)).not.toHaveText(before);
  const hoped = await visit(theirs, /Omar Farah/).textContent();
  await drag(page, 'Omar Farah', minutesTo(shop, 2) * 1.4);
  await expect(page.getByText('Omar Farah’s visit is moved.')).toBeVisible();
  const won = await visit(page, /Omar Farah/).textContent();
  expect([before, hoped]).not.toContain(won);
  go();
  expect((await refused).status()).toBe(409);
  await expect(theirs.getByText(`${winner} was quicker with Omar Farah’s visit: moved. Have another look.`)).toBeVisible();
  await expect(visit(theirs, /Omar Farah/)).toHaveText(won ?? '');
  expect(await visit(page, /Omar Farah/).textContent()).toBe(won);
});

test('a finger that rests on a visit lifts it and carries it; one that goes on scrolls', async ({ page, another }) => {
  await owner(page);
  const shop = await shopOf(page);
  await book(page, shop, 0, 'Amal Nasser');
  const tablet = await another({
    storageState: await page.context().storageState(),
    viewport: { width: 1024, height: 768 },
    hasTouch: true,
  });
  await tablet.goto(`/app/day/${shop.day}`);
  const block = visit(tablet, /Amal Nasser/);
  await block.scrollIntoViewIfNeeded();
  const before = await saying(block);
  const fingers = await tablet.context().newCDPSession(tablet);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: { x: number; y: number }[]) =>
    fingers.send('Input.dispatchTouchEvent', { type, touchPoints: at });
  const at = async () => {
    const box = await block.boundingBox();
    if (!box) throw new Error('the visit is on the page');
    return { x: box.x + 40, y: box.y + 10 };
  };
  const slide = async ({ x, y }: { x: number; y: number }, by: number) => {
    for (let step = 1; step <= 6; step += 1) await touch('touchMove', { x, y: y + (by * step) / 6 });
  };

  const first = await at();
  await touch('touchStart', first);
  await expect(tablet.locator('.ghost')).toBeVisible();
  await slide(first, minutesTo(shop, 2) * 1.4);
  await touch('touchEnd');
  await expect(tablet.getByText('Amal Nasser’s visit is moved.')).toBeVisible();
  await expect(block).not.toHaveText(before);
  await expect(tablet.getByRole('dialog')).toHaveCount(0);
  const moved = await block.textContent();
  await page.goto(`/app/day/${shop.day}`);
  await expect(visit(page, /Amal Nasser/)).toHaveText(moved ?? '');

  const scrolled = () =>
    tablet.getByRole('region', { name: 'The day’s visits in columns' }).evaluate((ledger) => ledger.scrollTop + scrollY);
  const top = await scrolled();
  const second = await at();
  await touch('touchStart', second);
  await slide(second, -60);
  await expect.poll(scrolled).toBeGreaterThan(top);
  await expect(tablet.locator('.ghost')).toHaveCount(0);
  await touch('touchEnd');
  await expect(block).toHaveText(moved ?? '');
});

test('a visit is moved by the keyboard, and put back with Escape', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  await book(page, shop, 0, 'Grace Hill');
  await page.goto(`/app/day/${shop.day}`);
  const block = visit(page, /Grace Hill/);
  const before = await saying(block);
  await block.focus();
  await page.keyboard.press('m');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.ghost')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.ghost')).toHaveCount(0);
  expect(await block.textContent()).toBe(before);

  await block.focus();
  await page.keyboard.press('m');
  for (let minutes = 0; minutes < minutesTo(shop, 2); minutes += 15) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Grace Hill’s visit is moved.')).toBeVisible();
  await expect(block).toBeFocused();
  await expect(block).not.toHaveText(before);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(block).toHaveText(before);
});

test('a move onto somebody else goes back, with the reason and what is near', async ({ page, guard }) => {
  guard.allow(409);
  await owner(page);
  const shop = await shopOf(page);
  await book(page, shop, 0, 'Nina West');
  await book(page, shop, shop.slots.length - 1, 'Kai North');
  await page.goto(`/app/day/${shop.day}`);
  const block = visit(page, /Nina West/);
  const before = await saying(block);
  // To where the other one is, by the dialog: it is a long way to drag.
  await block.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Move…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Time', { exact: true }).fill(shop.slots.at(-1)?.local.slice(11, 16) ?? '');
  await expect(dialog.getByText(`${shop.staff.name} is with Kai North then.`)).toBeVisible();
  await dialog.getByRole('button', { name: 'Move it' }).click();
  const refusal = page.getByRole('alert').filter({ hasText: 'Nina West’s visit stays at' });
  await expect(refusal).toContainText(`${shop.staff.name} is with Kai North then.`);
  await expect(block).toHaveText(before);
  await refusal.getByRole('button').first().click();
  await expect(page.getByText('Nina West’s visit is moved.')).toBeVisible();
});

test('while the network is away for a minute the day stays, to be looked at; then it heals itself', async ({ page, context, another, guard }) => {
  guard.allow(401);
  // The page's clock: nobody sits through the minute.
  await page.clock.install();
  const who = await owner(page);
  const shop = await shopOf(page);
  const { id } = await book(page, shop, 0, 'Lena Sommer');
  await page.goto(`/app/day/${shop.day}`);
  const block = visit(page, /Lena Sommer/);
  await expect(block).toBeVisible();
  const before = await saying(block);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  const other = await another();
  await other.goto('/sign-in');
  await call(other, 'POST', '/v1/auth/sign-in', { email: who.email, password: PASSWORD });

  guard.away();
  await context.setOffline(true);
  const banner = page.getByRole('status').filter({ hasText: /^\s*As of .+, trying again$/ });
  await expect(banner).toBeVisible();
  const since = await banner.innerText();
  await expect(page.getByRole('button', { name: 'New visit' })).toBeDisabled();
  await page.keyboard.press('n');
  await expect(page.getByText('Not connected: only looking for now.')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await book(other, shop, shop.slots.length - 1, 'Theo Blum');
  await call(other, 'POST', `/v1/appointments/${id}/move`, { version: 1, start: shop.slots[2]?.start });
  for (let seconds = 0; seconds < 70; seconds += 10) {
    await page.clock.runFor(10_000);
    await expect(banner).toHaveText(since);
    await expect(block).toHaveText(before);
  }
  await expect(page.getByRole('button', { name: 'New visit' })).toBeDisabled();
  await expect(visit(page, /Theo Blum/)).toHaveCount(0);

  await context.setOffline(false);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(visit(page, /Theo Blum/)).toBeVisible();
  await expect(block).not.toHaveText(before);
  await expect(page.getByRole('button', { name: 'New visit' })).toBeEnabled();
});

test('who waits is lifted into a free time, by the mouse and by keys, or is given one in the dialog', async ({ page }) => {
  const line = await openLine(page);
  await inTheMorning(page, line);
  for (const name of ['Noor Karim', 'Ada Price', 'Sam Reyes']) await waiting(page, line, name);
  await page.goto('/app');
  const strip = page.getByRole('complementary', { name: 'Who’s waiting?' });
  const column = page.locator(`[data-column="${line.staff}"]`);
  await expect(column).toBeVisible();

  const from = await strip.getByRole('listitem').filter({ hasText: 'Noor Karim' }).boundingBox();
  const ledger = await page.getByRole('region', { name: 'The day’s visits in columns' }).boundingBox();
  const to = await column.boundingBox();
  if (!from || !ledger || !to) throw new Error('the line and the ledger are on the page');
  await page.mouse.move(from.x + 60, from.y + 12);
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y + 24);
  await page.mouse.move(to.x + to.width / 2, ledger.y + 300, { steps: 5 });
  await expect(page.locator('.ghost')).toContainText('Noor Karim');
  // Carried back, nothing happens.
  await page.mouse.move(from.x + 60, from.y + 12, { steps: 3 });
  await expect(page.locator('.ghost')).toHaveCount(0);
  await page.mouse.move(to.x + to.width / 2, ledger.y + 300, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByText(/^Noor Karim is booked at/)).toBeVisible();
  await expect(visit(page, /Noor Karim/)).toBeVisible();
  await expect(strip.getByText('Noor Karim')).toHaveCount(0);

  await strip.getByRole('button', { name: 'Give them a time: Ada Price' }).focus();
  await page.keyboard.press('m');
  await expect(page.locator('.ghost')).toContainText('Ada Price');
  await page.keyboard.press('Escape');
  await expect(page.locator('.ghost')).toHaveCount(0);
  await page.keyboard.press('m');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Ada Price is booked at/)).toBeVisible();
  await expect(visit(page, /Ada Price/)).toBeVisible();

  await strip.getByRole('button', { name: 'Give them a time: Sam Reyes' }).click();
  const dialog = page.getByRole('dialog');
  // Today may be nearly over.
  const day = dialog.getByLabel('Day');
  const tomorrow = new Date(Date.parse(`${await day.inputValue()}T00:00:00Z`) + 86_400_000);
  await day.fill(tomorrow.toISOString().slice(0, 10));
  await dialog.getByRole('radio').nth(1).check();
  await dialog.getByRole('button', { name: 'Book it' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(strip.getByText('Sam Reyes')).toHaveCount(0);
});

test('who walks in while one looks at today is put into the line from there', async ({ page }) => {
  const line = await openLine(page);
  await page.goto('/app');
  const strip = page.getByRole('complementary', { name: 'Who’s waiting?' });
  await strip.getByRole('button', { name: 'Add walk-in' }).click();
  const form = page.getByRole('dialog', { name: 'Who’s walking in?' });
  await form.getByRole('textbox', { name: 'Who?' }).fill('Noor Karim');
  await form.getByRole('checkbox', { name: line.service.name }).first().check();
  await form.getByRole('button', { name: 'Put into the line' }).click();
  await page.getByRole('dialog', { name: / is in line$/ }).getByRole('button', { name: 'Done' }).click();
  await expect(strip.getByRole('listitem')).toHaveCount(1);
  await expect(strip.getByRole('listitem')).toContainText('Noor Karim');
});

test('what can’t be had of the shop hides no visits, and is asked for again', async ({ page, guard }) => {
  guard.allow(503);
  await owner(page);
  const shop = await shopOf(page);
  await book(page, shop, 0, 'Nora Quinn');
  await page.setViewportSize({ width: 390, height: 844 });
  const busy = { status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable","status":503}' };
  await page.route('**/v1/rooms', (route) => route.fulfill(busy));
  await page.goto(`/app/day/${shop.day}`);
  const listed = page.locator('main').getByRole('listitem').getByRole('link', { name: /Nora Quinn/ });
  await expect(listed).toBeVisible();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible();
  // At a desk they stand in the list for as long as there can’t be columns.
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(listed).toBeVisible();

  // Whatever else of the shop still comes has the page ask once more by itself.
  await page.waitForLoadState('networkidle');
  await page.unroute('**/v1/rooms');
  await again.click();
  await expect(visit(page, /Nora Quinn/)).toBeVisible();
  await expect(again).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('a visit is seen in its week and in its month', async ({ page }) => {
  await owner(page);
  const shop = await shopOf(page);
  await book(page, shop, 0, 'Ines Duarte');
  const cell = page.locator('main').getByRole('region').filter({ has: page.locator(`a[href="/app/day/${shop.day}"]`) });
  await page.goto(`/app/week/${shop.day}`);
  await expect(cell.getByRole('link', { name: /Ines Duarte/ })).toBeVisible();
  await page.goto(`/app/month/${shop.day}`);
  await expect(cell).toContainText('1 visit');
  // The way from day to week is the address without a date.
  await page.goto('/app/week');
  await expect(page.locator('main .grid section')).toHaveCount(7);
});

test('somebody’s page leads to booking for them', async ({ page }) => {
  await owner(page);
  const { id } = await call<{ id: string }>(page, 'POST', '/v1/customers', { name: 'Ines Duarte' });
  await page.goto(`/app/customers/${id}`);
  await page.getByRole('link', { name: 'Book for them Ines Duarte' }).click();
  const dialog = page.getByRole('dialog', { name: 'Who’s booking?' });
  await expect(dialog.getByText('Ines Duarte')).toBeVisible();
  await expect(dialog.getByLabel('Who?')).toHaveCount(0);
});
