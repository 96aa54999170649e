import { expect, test } from '../support/bench';
import { call, confirmedOwner, join, mailedLink, owner, PASSWORD } from '../support/people';

test('somebody is invited, joins, and sees only what their role shows', async ({ page, guard, another }) => {
  guard.allow(401);
  const who = await confirmedOwner(page);
  await page.goto('/app/team');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Who’s joining?' });
  const email = `noor-${who.email}`;
  await dialog.getByLabel('E-mail', { exact: true }).fill(email);
  await dialog.getByRole('radio', { name: /Provider/ }).check();
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page.getByRole('region', { name: 'Who hasn’t answered yet?' })).toContainText(email);

  const theirs = await another();
  await theirs.goto(await mailedLink(page, email, '/join'));
  await expect(theirs.getByRole('heading', { name: `Will you join ${who.business}?` })).toBeVisible();
  await theirs.getByLabel('Your name').fill('Noor Aziz');
  await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await theirs.getByRole('button', { name: 'Join the team' }).click();
  await theirs.waitForURL('**/app');
  await expect(theirs.getByRole('heading', { name: 'Who’s coming?' })).toBeVisible();
  const pages = theirs.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link');
  await expect(pages).toHaveText(['Today', 'Calendar', 'Walk-ins', 'Customers', 'Services', 'Staff', 'Places', 'Rules', 'Poster']);
  await theirs.goto('/app/audit');
  await expect(theirs.getByRole('heading', { name: 'Looking for this page?' })).toBeVisible();
  await expect(theirs.getByText('Read who did what')).toBeVisible();

  await page.reload();
  await expect(page.getByRole('listitem').filter({ hasText: 'Noor Aziz' })).toContainText('Provider');
});

test('a role is changed, a member removed, and their pages close', async ({ page, guard, another }) => {
  guard.allow(401, 403, 404);
  await confirmedOwner(page);
  const theirs = await another();
  await join(page, theirs, 'receptionist', 'Jun Park');

  await page.goto('/app/team');
  await page.getByRole('button', { name: 'Manage Jun Park' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /Manager/ }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Jun Park' })).toContainText('Manager');
  await theirs.reload();
  await expect(theirs.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Team' })).toBeVisible();

  await page.getByRole('button', { name: 'Manage Jun Park' }).click();
  await dialog.getByRole('button', { name: 'Remove from the team' }).click();
  await dialog.getByRole('button', { name: 'Yes, remove' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Jun Park' })).toHaveCount(0);
  await theirs.goto('/app');
  await expect(
    theirs.getByRole('heading', { name: 'Where do you work?' }).or(theirs.getByRole('heading', { name: 'Who’s at the desk?' })),
  ).toBeVisible();
});

test('an invitation that is withdrawn no longer works', async ({ page, guard, another }) => {
  guard.allow(401);
  const who = await confirmedOwner(page);
  const email = `late-${who.email}`;
  await call(page, 'POST', '/v1/invitations', { email, role: 'provider' });
  const link = await mailedLink(page, email, '/join');
  await page.goto('/app/team');
  await page.getByRole('button', { name: `Withdraw ${email}` }).click();
  await expect(page.getByText('The invitation no longer works.')).toBeVisible();
  const theirs = await another();
  await theirs.goto(link);
  await expect(theirs.getByRole('alert')).toBeVisible();
});

test('a role of one’s own is made, given and seen in the matrix', async ({ page, another }) => {
  await confirmedOwner(page);
  await page.goto('/app/roles');
  await page.getByRole('button', { name: 'New role' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the role').fill('Night desk');
  await dialog.getByRole('checkbox').nth(0).check();
  await dialog.getByRole('checkbox').nth(1).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('columnheader', { name: 'Night desk' })).toBeVisible();
  await expect(page.getByText('May do 2 things')).toBeVisible();

  const { items } = await call<{ items: { key: string; name: string }[] }>(page, 'GET', '/v1/roles');
  const key = items.find((role) => role.name === 'Night desk')?.key ?? '';
  const theirs = await another();
  await join(page, theirs, key, 'Kai Neri');
  await page.goto('/app/team');
  await expect(page.getByRole('listitem').filter({ hasText: 'Kai Neri' })).toContainText('Night desk');
});

test('the log tells who did what, can be narrowed and saved', async ({ page }) => {
  const who = await confirmedOwner(page);
  await call(page, 'POST', '/v1/invitations', { email: `ana-${who.email}`, role: 'provider' });
  await page.goto('/app/audit');
  await page.getByLabel('Action').selectOption({ label: 'Invited to the team' });
  await page.getByLabel('By whom').selectOption({ label: who.name });
  const { time_zone } = await call<{ time_zone: string }>(page, 'GET', '/v1/tenant');
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' }).format(new Date());
  await page.getByLabel('From').fill(today);
  await page.getByLabel('Until').fill(today);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  const entries = page.getByRole('main').getByRole('listitem');
  await expect(entries).toHaveCount(1);
  await expect(entries).toContainText('Invited to the team');
  await expect(entries).toContainText(who.name);
  await entries.getByRole('button', { name: /Details/ }).click();
  await expect(entries).toContainText('team.member_invited');

  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  expect((await saving).suggestedFilename()).toMatch(/-audit\.csv$/);
});

test('an API key is shown once and revoked', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await owner(page);
  await page.goto('/app/keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Website');
  await dialog.getByRole('checkbox').first().check();
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  const secret = await dialog.locator('code').innerText();
  expect(secret).toMatch(/^oc_live_/);
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByText('Copied', { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  await dialog.getByRole('button', { name: 'I’ve kept it' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole('button', { name: 'Revoke Website' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText(/^Revoked/)).toBeVisible();
});

test('a colour is tried, saved and kept; a change by somebody else is told', async ({ page, guard, another }) => {
  guard.allow(412);
  await owner(page);
  const other = await another({ storageState: await page.context().storageState() });
  await other.goto('/app/settings');
  await expect(other.getByLabel('Business name')).not.toHaveValue('');

  await page.goto('/app/look');
  await page.getByLabel('Colour').fill('25');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto('/app');
  await expect.poll(() => page.evaluate(() => document.documentElement.style.getPropertyValue('--hue'))).toBe('25');

  await other.getByLabel('Business name').fill('Another name');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByRole('alert')).toBeVisible();
  await other.getByRole('button', { name: 'Load it again' }).click();
  await expect(other.getByRole('alert')).toHaveCount(0);
  // What was typed is still there, over what the other one changed.
  await expect(other.getByLabel('Business name')).toHaveValue('Another name');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByText('Saved.')).toBeVisible();
  await other.goto('/app');
  await expect.poll(() => other.evaluate(() => document.documentElement.style.getPropertyValue('--hue'))).toBe('25');
});

test('the day is the shop’s, wherever the device is', async ({ page }) => {
  await owner(page);
  const tenant = await call<{ time_zone: string }>(page, 'GET', '/v1/tenant');
  await page.goto('/app');
  const day = new Intl.DateTimeFormat('en-US', { timeZone: tenant.time_zone, dateStyle: 'full' }).format(new Date());
  await expect(page.getByRole('heading', { level: 1 })).toContainText(day);
  await expect(page.getByText(/behind this device/)).toBeVisible();
});
