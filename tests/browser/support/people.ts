import { expect, type Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';

export const PASSWORD = 'seven quiet lagoon herons';

export interface Owner {
  name: string;
  email: string;
  business: string;
}

/** A name that no other test uses. */
export function fresh(): Owner {
  const mark = randomBytes(4).toString('hex');
  return { name: 'Selma Haddad', email: `selma-${mark}@example.com`, business: `Lagoon ${mark}` };
}

/** Calls the API as the page would. Gives the status, and the answer if there is one. */
export async function call<T>(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const answer = await page.evaluate(
    async ([method, path, body, headers]) => {
      const answer = await fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, text: await answer.text() };
    },
    [method, path, body, headers] as const,
  );
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
  return (answer.text ? JSON.parse(answer.text) : undefined) as T;
}

/** An owner who is signed in here, without going through the form. */
export async function owner(page: Page): Promise<Owner> {
  const who = fresh();
  await page.goto('/sign-in');
  await call(page, 'POST', '/v1/signup', {
    business: { name: who.business, kind: 'spa', country: 'US' },
    owner: { name: who.name, email: who.email, password: PASSWORD },
  });
  return who;
}

/** An owner who has confirmed their e-mail, too: nobody else invites. */
export async function confirmedOwner(page: Page): Promise<Owner> {
  const who = await owner(page);
  const link = await mailedLink(page, who.email, '/verify-email');
  await call(page, 'POST', '/v1/auth/verify-email', { token: link.split('#')[1] });
  return who;
}

/** Waits for a mail to somebody that links to this path, and gives the link's path and token. */
export async function mailedLink(page: Page, to: string, path: string): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        const mails = (await (await page.request.get('/dev/mail.json')).json()) as { to: string; text: string }[];
        const pattern = new RegExp(`https?://[^\\s/]+(${path}#[\\w.~%-]+)`);
        const found = mails.filter((mail) => mail.to.includes(to)).map((mail) => pattern.exec(mail.text)?.[1]);
        link = found.find((each) => each !== undefined);
        return link;
      },
      { message: `a mail to ${to} with a link to ${path}`, timeout: 30_000 },
    )
    .toBeTruthy();
  return link ?? '';
}

export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The owner, whose e-mail is confirmed, invites somebody, who joins in a browser of their own. */
export async function join(ownerPage: Page, theirs: Page, role: string, name: string): Promise<string> {
  const email = `${role.slice(0, 4)}-${randomBytes(4).toString('hex')}@example.com`;
  await call(ownerPage, 'POST', '/v1/invitations', { email, role });
  await theirs.goto(await mailedLink(ownerPage, email, '/join'));
  await theirs.getByLabel('Your name').fill(name);
  await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await theirs.getByRole('button', { name: 'Join the team' }).click();
  await theirs.waitForURL('**/app');
  return email;
}
