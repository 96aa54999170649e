/** What support may do under a grant, as config/authz/policy.csv says: look, and touch nothing. */
export const RIGHTS = [
  'tenant:read',
  'location:read',
  'team:read',
  'role:read',
  'support:read',
  'service:read',
  'staff:read',
  'room:read',
  'booking:read',
  'booking:read_own',
  'queue:read',
  'message:read',
  'webhook:read',
] as const;
