// Short names for what the document names. schema.d.ts comes from it by `npm run generate`.
import type { components } from './schema';

export type { paths } from './schema';

type Named = components['schemas'];

/** Anything that the document names, for what only one folder shows. */
export type Schema<Name extends keyof Named> = Named[Name];

export type Problem = Named['Problem'];
export type Kind = Named['KindOfBusiness'];

export type Proposal = Named['ProposalView'];
export type SlugView = Named['SlugView'];
export type NewSignUp = Named['NewSignUp'];
export type SignedUpView = Named['SignedUpView'];

export type UserView = Named['UserView'];
export type MeView = Named['MeView'];
export type Membership = Named['PlaceView'];
export type SignInView = Named['SignInView'];
export type SessionView = Named['SessionView'];

export type TenantView = Named['TenantView'];
export type SetupView = Named['SetupView'];
export type LocationView = Named['LocationView'];

export type RoleRef = Named['RoleRef'];
export type RoleView = Named['RoleView'];
export type PermissionView = Named['PermissionView'];
export type MemberView = Named['MemberView'];
export type InvitationView = Named['InvitationView'];
export type InvitationLook = Named['InvitationLookView'];

export type ApiKeyView = Named['ApiKeyView'];
export type AuditEntry = Named['AuditEntryView'];
export type SupportGrantView = Named['SupportGrantView'];
