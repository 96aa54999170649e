interface Grant {
  admin_name: string;
  expires_at: string;
  revoked_at?: string | null;
}

/** Until when one of these lets somebody of this name in, the longest of them. */
export function openUntil(grants: readonly Grant[], name: string, now: number): string | undefined {
  return grants
    .filter((grant) => grant.admin_name === name && !grant.revoked_at && Date.parse(grant.expires_at) > now)
    .map((grant) => grant.expires_at)
    .sort((a, b) => Date.parse(b) - Date.parse(a))[0];
}

/** What is wrong with a reason, as the server sees it: it is one line of 10 to 300 letters. */
export function reasonAmiss(reason: string): boolean {
  const length = [...reason.trim()].length;
  return length < 10 || length > 300;
}
