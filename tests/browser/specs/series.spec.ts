import { expect, test } from '../support/bench';
import { owner } from '../support/people';
import { askForSeries, once, series, weekly } from '../support/series';

test('a visit comes again: what can’t be had is shifted, another one left out, and then all is booked', async ({ page }) => {
  await owner(page);
  const shop = await weekly(page);
  await once(page, shop, 1, 'Omar Farah');
  await askForSeries(page, shop, 'Ines Duarte');
  const dialog = page.getByRole('dialog', { name: 'Who’s booking?' });
  const dates = dialog.getByRole('list', { name: 'All dates of the series' }).locator('> li');
  await expect(dates).toHaveCount(4);
  await expect(dates.nth(1)).toContainText('can’t be had');
  await expect(dates.nth(1)).toContainText('Whoever does it is busy then.');
  await expect(dialog.getByRole('button', { name: 'Book them all' })).toBeDisabled();

  await dates.nth(1).getByRole('list', { name: 'Free nearby' }).getByRole('button').first().click();
  await expect(dates.nth(1)).toContainText('free at another time');
  await expect(dates.nth(1).getByRole('button', { name: /^Take back/ })).toBeFocused();
  await expect(dialog.getByText('All 4 dates can be had.')).toBeVisible();
  await dates.nth(3).getByRole('button', { name: /^Leave out/ }).click();
  await expect(dates.nth(3)).toContainText('left out');
  await expect(dates.nth(3).getByRole('button', { name: /^Take back/ })).toBeFocused();
  await dialog.getByLabel('Note for the team').fill('By the window');
  await dialog.getByRole('button', { name: 'Book 3 visits' }).click();
  await expect(page.getByText(/^Ines Duarte comes 3 times, first on/)).toBeVisible();

  await page.getByRole('region', { name: 'The day’s visits in columns' }).getByRole('link', { name: /Ines Duarte/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Ines Duarte' });
  await expect(sheet.getByText('Visit 1 of 3')).toBeVisible();
  await expect(sheet.getByText('By the window')).toBeVisible();
  await sheet.getByRole('link', { name: 'All its dates' }).click();
  await expect(page.getByRole('heading', { name: 'When does Ines Duarte come?' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'All dates of the series' }).getByRole('listitem')).toHaveCount(3);
});

test('one date is called off, then all later ones', async ({ page }) => {
  await owner(page);
  const id = await series(page, await weekly(page), 'Grace Hill');
  await page.goto(`/app/series/${id}`);
  const dates = page.getByRole('list', { name: 'All dates of the series' }).getByRole('listitem');
  const dialog = page.getByRole('dialog');
  await dates.nth(1).getByRole('button', { name: /^Call off/ }).click();
  await expect(dialog.getByRole('radio', { name: 'Only this one' })).toBeChecked();
  await dialog.getByRole('button', { name: 'Yes, call it off' }).click();
  await expect(page.getByText('Grace Hill’s visit is called off.')).toBeVisible();
  await expect(dates.filter({ hasText: 'Called off' })).toHaveCount(1);

  await dates.nth(2).getByRole('button', { name: /^Call off/ }).click();
  await dialog.getByRole('radio', { name: 'This one and 1 later' }).check();
  await dialog.getByLabel('Why?').fill('Moves away');
  await dialog.getByRole('button', { name: 'Yes, call off 2' }).click();
  await expect(dates.filter({ hasText: 'Called off' })).toHaveCount(3);
  await expect(dates.filter({ hasText: 'Moves away' })).toHaveCount(2);
  await expect(dates.first()).toContainText('Booked');
});

test('all later ones move by as much or not at all, and are put back', async ({ page, guard }) => {
  guard.allow(409);
  await owner(page);
  const shop = await weekly(page);
  const id = await series(page, shop, 'Kai Neri');
  // Three hours later, somebody else has the time of the third.
  const later = (start = '') => new Date(Date.parse(start) + 3 * 3_600_000).toISOString();
  const blocked = { ...shop, weeks: shop.weeks.map(({ start, local }) => ({ start: later(start), local })) };
  await once(page, blocked, 2, 'Omar Farah');
  await page.goto(`/app/series/${id}`);
  const dates = page.getByRole('list', { name: 'All dates of the series' }).getByRole('listitem');
  await expect(dates).toHaveCount(4);
  const before = await dates.allInnerTexts();
  const clock = (hours: number) => {
    const [hour = 0, minute = 0] = (shop.weeks[0]?.local.slice(11) ?? '').split(':').map(Number);
    return `${String(hour + hours).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  };

  let blamed = 0;
  page.on('request', (request) => (blamed += request.url().includes('/v1/availability/why') ? 1 : 0));
  await page.getByRole('button', { name: 'Move all 4 that are left…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Where do Kai Neri’s visits go?' });
  // A week later the second is in its own way, and moves with the first.
  const day = dialog.getByLabel('Day', { exact: true });
  const first = await day.inputValue();
  await day.fill(shop.weeks[1]?.local.slice(0, 10) ?? '');
  await expect(dialog.getByRole('list', { name: 'Free times' })).toBeVisible();
  await day.fill(first);
  await dialog.getByLabel('Time', { exact: true }).fill(clock(3));
  await dialog.getByRole('button', { name: 'Move all 4' }).click();
  await expect(dialog.getByText('1 of these times can’t be had, so nothing was moved.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Move all 4' })).toBeDisabled();
  await dialog.getByRole('list', { name: /^It would do if all of them moved/ }).getByRole('button').first().click();
  await expect(dialog.getByRole('status').filter({ hasText: 'Then they are at:' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Move all 4' }).click();
  await expect(page.getByText('4 of Kai Neri’s visits are moved.')).toBeVisible();
  expect(blamed).toBe(0);
  await expect.poll(() => dates.allInnerTexts()).not.toEqual(before);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => dates.allInnerTexts()).toEqual(before);
});

test('a series that couldn’t be loaded is asked for again', async ({ page, guard }) => {
  guard.allow(503);
  await owner(page);
  const id = await series(page, await weekly(page), 'Malia Kealoha');
  const busy = { status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable","status":503}' };
  await page.route('**/v1/series/*', (route) => route.fulfill(busy));
  await page.goto(`/app/series/${id}`);
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible();
  await page.unroute('**/v1/series/*');
  await again.click();
  await expect(page.getByRole('heading', { name: 'When does Malia Kealoha come?' })).toBeVisible();
  await expect(again).toHaveCount(0);
});

test('the palette leads to pages under others and to a new visit, and N books from anywhere', async ({ page }) => {
  await owner(page);
  await page.goto('/app/customers');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('templ');
  await expect(page.getByRole('option')).toHaveText([/^Templates/]);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/app/messages/words');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Lift it, to move it');
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await expect(page.getByRole('dialog', { name: 'Who’s booking?' })).toBeVisible();
  await expect(page).toHaveURL(/\/app$/);
});
