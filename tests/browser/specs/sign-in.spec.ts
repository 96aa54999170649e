import { expect, test } from '../support/bench';
import { mailedLink, owner, PASSWORD, signIn } from '../support/people';
import { totp } from '../support/totp';

test('a wrong password is told, and leads nowhere', async ({ page, guard, another }) => {
  guard.allow(401);
  const who = await owner(page);
  const theirs = await another();
  await signIn(theirs, who.email, 'not the password at all');
  await expect(theirs.getByRole('alert')).toBeVisible();
  await expect(theirs.getByLabel('E-mail', { exact: true })).toHaveValue(who.email);
  await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
  await theirs.waitForURL('**/app');
});

test('whoever comes without a session signs in and lands where they wanted to go', async ({ page, guard, another }) => {
  guard.allow(401);
  const who = await owner(page);
  const theirs = await another();
  await theirs.goto('/app/team');
  await theirs.waitForURL('**/sign-in?next=%2Fapp%2Fteam');
  await theirs.getByLabel('E-mail', { exact: true }).fill(who.email);
  await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
  await theirs.waitForURL('**/app/team');

  await theirs.getByRole('button', { name: /your account/ }).click();
  await theirs.getByRole('button', { name: 'Sign out' }).click();
  await theirs.waitForURL('**/sign-in?why=out');
  await expect(theirs.getByText('You’re signed out.')).toBeVisible();
});

test('a second factor is set up, asked for, and replaced by a recovery code once', async ({ page, guard, another }) => {
  guard.allow(401, 422);
  const who = await owner(page);
  await page.goto('/app/security');
  await page.getByRole('button', { name: 'Set up a second factor' }).click();
  await expect(page.getByRole('img', { name: 'QR code for your authenticator app' })).toBeVisible();
  const secret = await page.locator('code.secret').innerText();
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByLabel('6-digit code').fill('000000');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expect(page.getByLabel('6-digit code')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('6-digit code').fill(totp(secret));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  const recovery = await codes.first().innerText();
  await page.getByRole('button', { name: 'I’ve kept them' }).click();
  await expect(page.getByRole('button', { name: 'Turn it off' })).toBeVisible();

  const withApp = await another();
  await signIn(withApp, who.email);
  await expect(withApp.getByRole('heading', { name: 'What does your authenticator say?' })).toBeFocused();
  await withApp.getByLabel('6-digit code').fill('000000');
  await withApp.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(withApp.getByLabel('6-digit code')).toHaveAttribute('aria-invalid', 'true');
  await withApp.getByLabel('6-digit code').fill(totp(secret, 1));
  await withApp.getByRole('button', { name: 'Sign in', exact: true }).click();
  await withApp.waitForURL('**/app');

  for (const works of [true, false]) {
    const without = await another();
    await signIn(without, who.email);
    await without.getByRole('button', { name: 'Use a recovery code instead' }).click();
    await without.getByLabel('Recovery code').fill(recovery);
    await without.getByRole('button', { name: 'Sign in', exact: true }).click();
    if (works) await without.waitForURL('**/app');
    else await expect(without.getByLabel('Recovery code')).toHaveAttribute('aria-invalid', 'true');
  }
});

test('a mailed link signs in once', async ({ page, guard, another }) => {
  guard.allow(401);
  const who = await owner(page);
  const theirs = await another();
  await theirs.goto('/sign-in');
  await theirs.getByLabel('E-mail', { exact: true }).fill(who.email);
  await theirs.getByRole('button', { name: 'E-mail me a link instead' }).click();
  await expect(theirs.getByRole('heading', { name: 'Have you got mail?' })).toBeFocused();
  const link = await mailedLink(theirs, who.email, '/sign-in/link');
  await theirs.goto(link);
  await theirs.getByRole('button', { name: 'Yes, sign me in' }).click();
  await theirs.waitForURL('**/app');

  const late = await another();
  await late.goto(link);
  await late.getByRole('button', { name: 'Yes, sign me in' }).click();
  await expect(late.getByRole('alert')).toBeVisible();
  await late.getByRole('link', { name: 'Ask for a new link' }).click();
  await expect(late).toHaveURL(/\/sign-in$/);
});

test('a forgotten password is replaced, and everybody else is out', async ({ page, guard, another }) => {
  guard.allow(401, 422);
  const who = await owner(page);
  await page.goto('/app');
  const theirs = await another();
  await theirs.goto('/sign-in');
  await theirs.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(theirs.getByRole('heading', { name: 'Forgot your password?' })).toBeFocused();
  await theirs.getByLabel('E-mail', { exact: true }).fill(who.email);
  await theirs.getByRole('button', { name: 'E-mail me a reset link' }).click();
  await theirs.goto(await mailedLink(theirs, who.email, '/reset-password'));
  await theirs.getByLabel('New password').fill('x');
  await theirs.getByRole('button', { name: 'Save and sign out everywhere' }).click();
  await expect(theirs.getByLabel('New password')).toHaveAttribute('aria-invalid', 'true');
  const better = 'eight patient reef egrets';
  await theirs.getByLabel('New password').fill(better);
  await theirs.getByRole('button', { name: 'Save and sign out everywhere' }).click();
  await expect(theirs.getByText('Your new password is set.')).toBeVisible();
  await theirs.getByLabel('E-mail', { exact: true }).fill(who.email);
  await theirs.getByLabel('Password', { exact: true }).fill(better);
  await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
  await theirs.waitForURL('**/app');

  await page.getByRole('link', { name: 'Team' }).first().click();
  await page.waitForURL('**/sign-in?next=**');
});

test('an e-mail is confirmed by its link', async ({ page }) => {
  const who = await owner(page);
  await page.goto('/app');
  await expect(page.getByText('Confirm your e-mail')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send the link again' })).toBeVisible();
  await page.goto(await mailedLink(page, who.email, '/verify-email'));
  await expect(page.getByText('It is. Thank you!')).toBeVisible();
  await page.getByRole('link', { name: 'Go to your desk' }).click();
  await expect(page.getByText('Invite your team', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send the link again' })).toHaveCount(0);
});

test('a device that is signed out from another is out', async ({ page, guard, another }) => {
  guard.allow(401);
  const who = await owner(page);
  const lost = await another();
  await signIn(lost, who.email);
  await lost.waitForURL('**/app');

  await page.goto('/app/security');
  const devices = page.getByRole('region', { name: 'Where are you signed in?' });
  await expect(devices.getByRole('listitem')).toHaveCount(2);
  await devices.getByRole('button', { name: /Sign out/ }).click();
  await expect(devices.getByRole('listitem')).toHaveCount(1);
  await expect(devices.getByText('This device')).toBeVisible();

  // Nobody touches it: what it shows is nobody's to see any more.
  await lost.waitForURL('**/sign-in?next=%2Fapp**');
  await expect(lost.getByText('You were away for a while.')).toBeVisible();

  await signIn(lost, who.email);
  await lost.waitForURL('**/app');
  await lost.goto('/app/queue');
  await expect(lost.getByRole('heading', { level: 1 })).toBeVisible();
  await page.reload();
  await expect(devices.getByRole('listitem')).toHaveCount(2);
  await devices.getByRole('button', { name: /Sign out/ }).click();
  await lost.waitForURL('**/sign-in?next=%2Fapp%2Fqueue**');
});
