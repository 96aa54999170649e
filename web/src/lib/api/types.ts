// The API as the web client uses it, in the shape that openapi-typescript generates. Once
// `npm run generate` has written schema.d.ts, this file becomes a re-export of it.

type Body<T> = { content: { 'application/json': T } };
type Answer<T> = { headers: Record<string, unknown>; content: { 'application/json': T } };
type Silence = { headers: Record<string, unknown>; content?: never };
type Fault = { headers: Record<string, unknown>; content: { 'application/problem+json': Problem } };
type Op<In, Out> = In & { responses: { 200: Out; default: Fault } };

type Versioned = { header: { 'If-Match': string } };
type Attempt = { header?: { 'Idempotency-Key'?: string } };
type Paged = { cursor?: string; limit?: number };
type At<Name extends string> = { path: Record<Name, string> };

type Get<T, P = { query?: never }> = Op<{ parameters: P; requestBody?: never }, Answer<T>>;
type Send<B, T, P = { query?: never }> = Op<{ parameters: P; requestBody: Body<B> }, Answer<T>>;
type Tell<B, P = { query?: never }> = Op<{ parameters: P; requestBody: Body<B> }, Silence>;
type Call<T, P = { query?: never }> = Op<{ parameters: P; requestBody?: never }, Answer<T>>;
type Do<P = { query?: never }> = Op<{ parameters: P; requestBody?: never }, Silence>;
type List<T> = { items: T[]; next_cursor: string | null };

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id?: string;
  fields?: { field: string; code: string; detail: string }[];
}

export type Kind = 'clinic' | 'spa' | 'barbershop' | 'salon';

export interface Proposal {
  slug: string;
  time_zone: string;
  time_zones: string[];
  currency: string;
  locale: string;
  locales: string[];
  countries: { code: string; name: string }[];
  kinds: { key: Kind; name: string; blurb: string }[];
}

export interface SlugView {
  slug: string;
  available: boolean;
  reason?: 'taken' | 'reserved' | 'invalid' | null;
  suggestion?: string | null;
}

export interface NewSignup {
  business: {
    name: string;
    kind: Kind;
    country: string;
    slug?: string;
    time_zone?: string;
    currency?: string;
    locale?: string;
  };
  owner?: { name: string; email: string; password?: string };
}

export interface SignupView {
  tenant: TenantView;
  user: UserView;
  signed_in: boolean;
}

export interface UserView {
  id: string;
  name: string;
  email: string;
  email_verified: boolean;
  locale: string | null;
  two_factor: boolean;
  has_password: boolean;
  version: number;
}

export interface RoleRef {
  key: string;
  name: string;
}

export interface Membership {
  id: string;
  tenant: {
    id: string;
    slug: string;
    name: string;
    kind: Kind;
    hue: number;
    locale: string;
    time_zone: string;
  };
  role: RoleRef;
  permissions: string[];
}

export interface MeView {
  user: UserView;
  memberships: Membership[];
  current_tenant: string | null;
  platform_admin: boolean;
}

export interface SignInView {
  status: 'signed_in' | 'second_factor_required';
  challenge?: string | null;
  me?: MeView | null;
}

export interface SessionView {
  id: string;
  current: boolean;
  device: string;
  ip: string | null;
  created_at: string;
  last_seen_at: string;
  kind: 'browser' | 'api_client';
  client_name?: string | null;
}

export interface TenantView {
  id: string;
  slug: string;
  name: string;
  kind: Kind;
  country: string;
  time_zone: string;
  currency: string;
  locale: string;
  hue: number;
  plan: string;
  require_two_factor: boolean;
  created_at: string;
  version: number;
}

export interface SetupView {
  steps: { key: string; done: boolean; title: string; detail: string }[];
  done: number;
  total: number;
}

export interface LocationView {
  id: string;
  name: string;
  address: string | null;
  time_zone: string;
  hours: { weekday: number; opens: string; closes: string }[];
  version: number;
}

export interface MemberView {
  id: string;
  user: { id: string; name: string; email: string };
  role: RoleRef;
  two_factor: boolean;
  joined_at: string;
  last_seen_at: string | null;
  version: number;
}

export interface InvitationView {
  id: string;
  email: string;
  role: RoleRef;
  invited_by: string | { name: string } | null;
  expires_at: string;
  created_at: string;
  status: 'pending' | 'accepted' | 'revoked' | 'expired';
}

export interface InvitationLook {
  business: string;
  inviter: string;
  role: RoleRef | string;
  email: string;
  has_account: boolean;
  expires_at: string;
}

export interface PermissionView {
  key: string;
  group: string;
  sentence: string;
  roles: string[];
}

export interface RoleView {
  key: string;
  name: string;
  custom: boolean;
  permissions: string[];
  members: number;
  version: number;
}

export interface ApiKeyView {
  id: string;
  name: string;
  scopes: string[];
  prefix: string;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  revoked_at: string | null;
  created_by: string | { name: string } | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  actor: { kind: 'user' | 'api_key' | 'system' | 'platform'; id?: string | null; name: string };
  action: string;
  subject: { kind: string; id?: string | null; name?: string | null } | null;
  ip?: string | null;
  changes: { field: string; before: unknown; after: unknown }[];
  request_id?: string | null;
}

export interface SupportGrantView {
  id: string;
  reason: string;
  granted_to: string | null;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
}

export interface paths {
  '/v1/signup/proposal': {
    get: Get<Proposal, { query?: { country?: string; kind?: string; name?: string } }>;
  };
  '/v1/signup/slug/{slug}': { get: Get<SlugView, At<'slug'>> };
  '/v1/signup': { post: Send<NewSignup, SignupView, Attempt> };

  '/v1/auth/sign-in': { post: Send<{ email: string; password: string }, SignInView> };
  '/v1/auth/second-factor': { post: Send<{ challenge: string; code: string }, SignInView> };
  '/v1/auth/sign-out': { post: Do };
  '/v1/auth/magic-link': { post: Send<{ email: string }, { detail: string }> };
  '/v1/auth/magic-link/redeem': { post: Send<{ token: string }, SignInView> };
  '/v1/auth/password-reset': { post: Send<{ email: string }, { detail: string }> };
  '/v1/auth/password-reset/redeem': { post: Tell<{ token: string; password: string }> };
  '/v1/auth/verify-email': { post: Tell<{ token: string }> };
  '/v1/invitations/look': { post: Send<{ token: string }, InvitationLook> };
  '/v1/invitations/accept': {
    post: Send<{ token: string; name?: string; password?: string }, SignInView>;
  };

  '/v1/me': {
    get: Get<MeView>;
    patch: Send<{ name?: string; locale?: string }, UserView, Versioned>;
  };
  '/v1/me/verify-email': { post: Do };
  '/v1/me/password': { post: Tell<{ current?: string; new: string }> };
  '/v1/me/current-tenant': { put: Send<{ tenant_id: string }, MeView> };
  '/v1/me/memberships/{mem}': { delete: Do<At<'mem'>> };
  '/v1/me/sessions': { get: Get<{ items: SessionView[] }> };
  '/v1/me/sessions/{ses}': { delete: Do<At<'ses'>> };
  '/v1/me/sessions/revoke-others': { post: Call<{ revoked: number }> };
  '/v1/me/totp': { post: Call<{ secret: string; otpauth_url: string }> };
  '/v1/me/totp/confirm': { post: Send<{ code: string }, { recovery_codes: string[] }> };
  '/v1/me/totp/disable': { post: Tell<{ password?: string; code: string }> };
  '/v1/me/recovery-codes': { post: Send<{ code: string }, { recovery_codes: string[] }> };

  '/v1/tenant': {
    get: Get<TenantView>;
    patch: Send<
      {
        name?: string;
        slug?: string;
        hue?: number;
        locale?: string;
        time_zone?: string;
        currency?: string;
      },
      TenantView,
      Versioned
    >;
  };
  '/v1/tenant/security': { put: Send<{ require_two_factor: boolean }, TenantView, Versioned> };
  '/v1/tenant/setup': { get: Get<SetupView> };
  '/v1/tenant/transfer-ownership': {
    post: Send<{ member_id: string; password?: string; code?: string }, MemberView>;
  };
  '/v1/locations': { get: Get<List<LocationView>, { query?: Paged }> };

  '/v1/members': { get: Get<List<MemberView>, { query?: Paged }> };
  '/v1/members/{mem}': {
    patch: Send<{ role: string }, MemberView, At<'mem'> & Versioned>;
    delete: Do<At<'mem'>>;
  };
  '/v1/invitations': {
    get: Get<List<InvitationView>, { query?: Paged }>;
    post: Send<{ email: string; role: string }, InvitationView, Attempt>;
  };
  '/v1/invitations/{inv}': { delete: Do<At<'inv'>> };
  '/v1/invitations/{inv}/resend': { post: Do<At<'inv'>> };
  '/v1/permissions': { get: Get<{ items: PermissionView[] }> };
  '/v1/roles': {
    get: Get<List<RoleView>, { query?: Paged }>;
    post: Send<{ name: string; permissions: string[] }, RoleView, Attempt>;
  };
  '/v1/roles/{rol}': {
    patch: Send<{ name?: string; permissions?: string[] }, RoleView, At<'rol'> & Versioned>;
    delete: Do<At<'rol'>>;
  };

  '/v1/api-keys': {
    get: Get<List<ApiKeyView>, { query?: Paged }>;
    post: Send<
      { name: string; scopes: string[]; expires_at?: string },
      { key: ApiKeyView; secret: string },
      Attempt
    >;
  };
  '/v1/api-keys/{key}': { delete: Do<At<'key'>> };
  '/v1/audit': {
    get: Get<
      List<AuditEntry>,
      { query?: Paged & { action?: string; actor?: string; from?: string; to?: string } }
    >;
  };
  '/v1/support-grants': { get: Get<List<SupportGrantView>, { query?: Paged }> };
  '/v1/support-grants/{grt}': { delete: Do<At<'grt'>> };
}
