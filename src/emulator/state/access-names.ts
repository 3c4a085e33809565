/**
 * Names of everything a service token can be allowed, by what they are given on. Written down from the
 * published permission tables and the published API description of August 2026.
 */
export const ORGANIZATION_ACCESS = [
  'read_organization',
  'write_organization',
  'read_invoices',
  'read_audit_logs',
  'read_databases',
  'create_databases',
  'delete_databases',
  'read_oauth_applications',
  'read_oauth_tokens',
  'write_oauth_tokens',
  'delete_oauth_tokens',
  'read_service_tokens',
  'write_service_tokens',
  'delete_service_tokens',
  'write_teams',
  'read_metrics_endpoints',
] as const;

/** Accesses on one database, any of which makes that database visible. */
export const DATABASE_SHOWING_ACCESS = [
  'read_database',
  'write_database',
  'delete_database',
  'read_branch',
  'create_branch',
  'delete_branch',
  'delete_production_branch',
  'promote_branches',
  'demote_branches',
  'connect_branch',
  'connect_production_branch',
  'connect_production_read_only_branch',
  'delete_branch_password',
  'delete_production_branch_password',
  'delete_production_read_only_branch_password',
  'read_deploy_request',
  'create_deploy_request',
  'approve_deploy_request',
  'read_comment',
  'create_comment',
  'read_backups',
  'write_backups',
  'delete_backups',
  'delete_production_branch_backups',
  'restore_backup',
  'restore_production_branch_backup',
  'write_branch_vschema',
  'write_production_branch_vschema',
] as const;

export const DATABASE_ACCESS = [
  ...DATABASE_SHOWING_ACCESS,
  'create_branch_password',
  'create_production_branch_password',
  'create_production_read_only_branch_password',
  'review_deploy_request',
] as const;

export type OrganizationAccess = (typeof ORGANIZATION_ACCESS)[number];
export type DatabaseAccess = (typeof DATABASE_ACCESS)[number];

/** Whether `name` can be given on `database`, or, where that is null, on the organization. */
export function isAccessOn(database: string | null, name: unknown): name is string {
  const names: readonly unknown[] = database === null ? ORGANIZATION_ACCESS : DATABASE_ACCESS;
  return names.includes(name);
}

/** A sentence about an access: the real ones are not published, so it is made from the name. */
export function describeAccess(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
