import { expect, test } from '../support/bench';
import { call } from '../support/people';
import { openLine, waiting } from '../support/queue';

test('a walk-in joins by phone, is called and served, and their page follows without a reload', async ({ page, another }) => {
  const line = await openLine(page);
  await page.goto('/app/queue');
  await expect(page.getByText('Nobody is waiting.')).toBeVisible();

  const theirs = await another({ viewport: { width: 390, height: 844 } });
  await theirs.goto(`/${line.slug}/queue`);
  await expect(theirs.getByText('people wait', { exact: true })).toBeVisible();
  await theirs.getByRole('button', { name: 'Join the line' }).click();
  await expect(theirs.getByText('Please choose at least one.')).toBeVisible();
  const all = theirs.getByRole('button', { name: /^Show all/ });
  if (await all.isVisible()) await all.click();
  await theirs.getByRole('checkbox', { name: line.service.name }).first().check();
  await theirs.getByLabel('Your name').fill('Kai Neri');
  await theirs.getByRole('button', { name: 'Anything we should know?' }).click();
  const note = theirs.getByLabel('Anything we should know?');
  await expect(note).toBeFocused();
  await note.fill('I can’t stand for long.');
  await theirs.getByRole('button', { name: 'Join the line' }).click();
  await theirs.waitForURL('**/q/*');
  await expect(theirs.getByRole('heading', { name: 'You’re next' })).toBeVisible();

  // Staff see them come and what they said, and press one button after the other.
  await expect(page.getByRole('region', { name: /^Waiting/ }).getByText('Kai Neri')).toBeVisible();
  await page.getByRole('button', { name: /^More about A\d+/ }).click();
  await expect(page.getByRole('dialog')).toContainText('I can’t stand for long.');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Call next/ }).click();
  await expect(theirs.getByRole('heading', { name: 'It’s your turn' })).toBeVisible();
  await expect.poll(() => theirs.title()).toBe('It’s your turn!');
  await theirs.getByRole('button', { name: 'I’m coming' }).click();
  await expect(theirs.getByText('They know that you’re here.').first()).toBeVisible();
  await page.getByRole('button', { name: /^Start A\d+ Kai/ }).click();
  await expect(theirs.getByRole('heading', { name: 'Make yourself comfortable' })).toBeVisible();
  await page.getByRole('button', { name: /^Finish A\d+ Kai/ }).click();
  await expect(theirs.getByRole('heading', { name: 'Thank you!' })).toBeVisible();

  // What was a slip of the finger is taken back, on both sides.
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('region', { name: /^In service/ }).getByText('Kai Neri')).toBeVisible();
});

test('the desk reads what happened to somebody’s place in the line, also once it has ended', async ({ page }) => {
  const line = await openLine(page);
  const { code } = await waiting(page, line, 'Noor Aziz');
  await page.goto('/app/queue');
  await page.getByRole('button', { name: /^Call next/ }).click();
  await page.getByRole('button', { name: `Start ${code}`, exact: false }).first().click();
  await page.getByRole('button', { name: `Finish ${code}`, exact: false }).first().click();
  await page.getByText('Done today').click();
  await page.getByRole('button', { name: `More about ${code}` }).click();
  const sheet = page.getByRole('dialog', { name: /Noor Aziz/ });
  await sheet.getByText('What happened so far?').click();
  const steps = sheet.getByRole('listitem');
  await expect(steps).toHaveCount(4);
  await expect(steps.nth(0)).toContainText(`${line.who.name}: joined the line`);
  await expect(steps.nth(1)).toContainText('called, with');
  await expect(steps.nth(3)).toContainText('finished');
});

test('of two who call the next, one wins and the other is told why', async ({ page, guard, another }) => {
  guard.allow(409);
  const line = await openLine(page);
  const { code } = await waiting(page, line, 'Noor Aziz');
  const other = await another({ storageState: await page.context().storageState() });
  for (const each of [page, other]) {
    await each.goto('/app/queue');
    await expect(each.getByRole('button', { name: /^Call next/ })).toBeEnabled();
  }
  // Both requests are on their way before either is answered.
  let held: (() => void)[] = [];
  for (const each of [page, other]) {
    await each.route('**/v1/queue/call-next', async (route) => {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length === 2) held.forEach((go) => go());
      });
      await route.continue();
    });
  }
  await Promise.all([page, other].map((each) => each.getByRole('button', { name: /^Call next/ }).click()));
  held = [];
  const alerts = async () => (await Promise.all([page, other].map((each) => each.getByRole('alert').count()))).sort();
  await expect.poll(alerts).toEqual([0, 1]);
  for (const each of [page, other]) {
    await expect(each.getByRole('region', { name: /^Called/ }).getByText('Noor Aziz')).toBeVisible();
    await expect(each.getByRole('button', { name: new RegExp(`^Start ${code} Noor`) })).toBeVisible();
  }
});

test('somebody is moved in the line by keys, by a drag and by a dialog, and it can be taken back', async ({ page }) => {
  const line = await openLine(page);
  const { code: first } = await waiting(page, line, 'Ana Lima');
  await waiting(page, line, 'Ben Osei');
  const { code: last } = await waiting(page, line, 'Cleo Dubois');
  await page.goto('/app/queue');
  const list = page.getByRole('region', { name: /^Waiting/ }).getByRole('listitem');
  const order = async () => (await list.allInnerTexts()).map((text) => /Ana|Ben|Cleo/.exec(text)?.[0]);
  await expect.poll(order).toEqual(['Ana', 'Ben', 'Cleo']);

  await list.filter({ hasText: 'Cleo' }).getByRole('button', { name: new RegExp(`^Move ${last}`) }).press('ArrowUp');
  await expect.poll(order).toEqual(['Ana', 'Cleo', 'Ben']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(order).toEqual(['Ana', 'Ben', 'Cleo']);

  const grip = await list.filter({ hasText: 'Ana' }).getByRole('button', { name: new RegExp(`^Move ${first}`) }).boundingBox();
  const end = await list.filter({ hasText: 'Cleo' }).boundingBox();
  if (!grip || !end) throw new Error('nothing to drag');
  await page.mouse.move(grip.x + 20, grip.y + 20);
  await page.mouse.down();
  await page.mouse.move(grip.x + 20, end.y + end.height - 4, { steps: 8 });
  await page.mouse.up();
  await expect.poll(order).toEqual(['Ben', 'Cleo', 'Ana']);

  await list.filter({ hasText: 'Ana' }).getByRole('button', { name: `More about ${first}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Another place in line' }).click();
  await page.getByRole('dialog').getByRole('radio', { name: 'First of all' }).check();
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click();
  await expect.poll(order).toEqual(['Ana', 'Ben', 'Cleo']);
});

test('who needs more time lets one person pass, and who leaves is gone from the line', async ({ page, another }) => {
  const line = await openLine(page);
  const { ticket } = await waiting(page, line, 'Ana Lima');
  await waiting(page, line, 'Ben Osei');
  await page.goto('/app/queue');
  const list = page.getByRole('region', { name: /^Waiting/ }).getByRole('listitem');
  const order = async () => (await list.allInnerTexts()).map((text) => /Ana|Ben/.exec(text)?.[0]);
  await expect.poll(order).toEqual(['Ana', 'Ben']);

  const theirs = await another({ viewport: { width: 390, height: 844 } });
  await theirs.goto(ticket);
  await expect(theirs.getByRole('heading', { name: 'You’re next' })).toBeVisible();
  await theirs.getByRole('button', { name: 'I need more time' }).click();
  await expect(theirs.getByRole('heading', { name: /^1\s*person ahead of you$/ })).toBeVisible();
  await expect(theirs.getByText('One person goes before you.')).toBeAttached();
  await expect.poll(order).toEqual(['Ben', 'Ana']);

  await theirs.getByRole('button', { name: 'Leave the line' }).click();
  await theirs.getByRole('dialog', { name: 'Leave the line?' }).getByRole('button', { name: 'Yes, leave' }).click();
  await expect(theirs.getByRole('heading', { name: 'You’ve left the line' })).toBeVisible();
  await expect.poll(order).toEqual(['Ben']);
  // The link tells the same later on, and leads back to where one can join.
  await theirs.reload();
  await theirs.getByRole('link', { name: 'Join the line again' }).click();
  await expect(theirs.getByRole('button', { name: 'Join the line' })).toBeVisible();
});

test('a tablet gives a ticket, forgets who typed it, and the screen on the wall calls its code', async ({ page, guard, another }) => {
  guard.allow(404);
  const line = await openLine(page);
  const { token, kiosk } = await call<{ token: string; kiosk: { id: string } }>(page, 'POST', '/v1/kiosks', { name: 'Door' });
  const tablet = await another({ viewport: { width: 1024, height: 768 } });
  await tablet.goto(`/kiosk/${token}`);
  await tablet.getByRole('button', { name: 'Join the line' }).click();
  await tablet.getByRole('checkbox', { name: line.service.name }).first().check();
  await tablet.getByRole('button', { name: 'Continue' }).click();
  await tablet.getByLabel('Your name').fill('Mina Rao');
  await tablet.getByRole('button', { name: 'Anything we should know?' }).click();
  await tablet.getByLabel('Anything we should know?').fill('By the window, please.');
  await tablet.getByRole('button', { name: 'Join the line' }).click();
  const code = await tablet.getByRole('heading').locator('.code').innerText();
  await expect(tablet.getByRole('img', { name: /QR code/ })).toBeVisible();
  await tablet.getByRole('button', { name: 'Done' }).click();
  await tablet.getByRole('button', { name: 'Join the line' }).click();
  await tablet.getByRole('checkbox', { name: line.service.name }).first().check();
  await tablet.getByRole('button', { name: 'Continue' }).click();
  await expect(tablet.getByLabel('Your name')).toHaveValue('');
  await expect(tablet.getByText('Mina Rao')).toHaveCount(0);
  await expect(tablet.getByRole('button', { name: 'Anything we should know?' })).toBeVisible();

  const wall = await another({ viewport: { width: 1920, height: 1080 } });
  await wall.goto(`/${line.slug}/tv`);
  await expect(wall.getByRole('region', { name: 'Next' }).getByText(code)).toBeVisible();
  await page.goto('/app/queue');
  await page.getByRole('button', { name: `Call ${code}` }).click();
  await expect(wall.getByRole('region', { name: 'Please come' }).getByText(code)).toBeVisible();
  await expect(wall.getByText(/Mina|window/)).toHaveCount(0);

  await call(page, 'DELETE', `/v1/kiosks/${kiosk.id}`);
  await tablet.reload();
  await expect(tablet.getByRole('heading', { name: 'This tablet isn’t connected.' })).toBeVisible();
});
