/**
 * The permissions ("accesses") a service token can hold, as PlanetScale publishes them in its API
 * reference and its OpenAPI document of August 2026. The catalogue may lag behind the API: a name that
 * is missing here is unknown to this program, not wrong.
 */
export type Scope = 'organization' | 'database';

/** Held for the whole organization; mostly plural. */
const ORGANIZATION_PERMISSIONS = {
  Organization: {
    read_organization: 'View the organization itself: its details, regions, cluster sizes, members and teams',
    write_organization: 'Change or remove members of the organization',
    read_invoices: 'View the bills of the organization and their line items',
    read_audit_logs: 'View the audit trail of the organization',
    write_teams: 'Create, change and remove teams and team memberships',
    read_metrics_endpoints: 'Discover the Prometheus scrape targets of the branches',
  },
  Databases: {
    read_databases:
      'View every database of the organization, and in the API also their Insights data and IP rules',
    create_databases:
      'Make new databases; the token then gets database permissions on each one it made by itself',
    delete_databases: 'Remove databases anywhere in the organization',
  },
  'Service tokens': {
    read_service_tokens: 'List and view service tokens',
    write_service_tokens: 'Create service tokens, or change them',
    delete_service_tokens: 'Remove service tokens',
  },
  OAuth: {
    read_oauth_applications: 'View the OAuth applications the organization owns',
    read_oauth_tokens: 'View the tokens issued for an OAuth application',
    write_oauth_tokens: 'Issue or refresh OAuth tokens for an OAuth application',
    delete_oauth_tokens: 'Revoke tokens of an OAuth application',
  },
};

/** Held for one database; mostly singular. */
const DATABASE_PERMISSIONS = {
  Database: {
    read_database: 'View one database: settings, state, Insights',
    write_database:
      'Change one database: settings, branch sizes, webhooks, bouncers, IP rules, traffic budgets',
    delete_database: 'Remove one database',
  },
  Branches: {
    read_branch: 'View the branches of the database',
    create_branch: 'Make branches in the database',
    delete_branch: 'Remove branches that are not production branches',
    delete_production_branch: 'Remove production branches',
    promote_branches: 'Turn a development branch into a production branch',
    demote_branches: 'Turn a production branch back into a development branch',
  },
  Connections: {
    connect_branch: 'Make credentials for development branches',
    connect_production_branch: 'Make credentials for production branches; may create writers',
    connect_production_read_only_branch: 'Make read-only credentials for production branches',
    delete_branch_password: 'Remove credentials of development branches',
    delete_production_branch_password: 'Remove credentials of production branches, readers included',
    delete_production_read_only_branch_password: 'Remove read-only credentials of production branches',
  },
  'Postgres roles': {
    create_branch_password: 'Create or renew Postgres roles on development branches',
    create_production_branch_password: 'Create or renew Postgres roles on production branches',
    create_production_read_only_branch_password:
      'Create or renew read-only Postgres roles on production branches',
  },
  'Deploy requests': {
    read_deploy_request: 'View deploy requests',
    create_deploy_request: 'Open, change, deploy, cancel and revert deploy requests',
    approve_deploy_request: 'Approve deploy requests (never one this token opened itself)',
    review_deploy_request: 'Leave a review on a deploy request',
    read_comment: 'View comments on deploy requests',
    create_comment: 'Write comments on deploy requests',
  },
  Backups: {
    read_backups: 'View backups and backup policies',
    write_backups: 'Create and change backups; create, change and remove backup policies',
    delete_backups: 'Remove backups of development branches',
    delete_production_branch_backups: 'Remove backups of production branches',
    restore_backup: 'Restore a backup of a development branch into a new branch',
    restore_production_branch_backup: 'Restore a backup of a production branch into a new branch',
  },
  VSchema: {
    write_branch_vschema: 'Change the VSchema of a development branch',
    write_production_branch_vschema: 'Change the VSchema of a production branch',
  },
};

export interface Permission {
  readonly name: string;
  readonly scope: Scope;
  /** What it is about: `Branches`, for instance. */
  readonly subject: string;
  /** What a token can do with it, in one line. */
  readonly description: string;
}

function inScope(
  scope: Scope,
  subjects: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Permission[] {
  return Object.entries(subjects).flatMap(([subject, descriptions]) =>
    Object.entries(descriptions).map(([name, description]) => ({ name, scope, subject, description })),
  );
}

/** Every known permission, organization first, grouped by subject within a scope. */
export const CATALOGUE: readonly Permission[] = [
  ...inScope('organization', ORGANIZATION_PERMISSIONS),
  ...inScope('database', DATABASE_PERMISSIONS),
];

const BY_NAME = new Map(CATALOGUE.map((permission) => [permission.name, permission]));

export function findPermission(name: string): Permission | undefined {
  return BY_NAME.get(name);
}

/** Grants of these open production data to whoever holds the token: worth a word of advice. */
export function reachesProductionData(name: string): boolean {
  return name.startsWith('connect_production_');
}
