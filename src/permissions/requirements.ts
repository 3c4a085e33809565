/**
 * Which permissions open which call, for the calls this program makes: any one of a row is enough.
 * From the "Authorization" sections of PlanetScale's OpenAPI document of August 2026.
 */
const ANY_BRANCH_ACCESS = [
  'read_branch',
  'create_branch',
  'delete_branch',
  'connect_branch',
  'connect_production_branch',
];

/** Holding any of these on a database makes the database itself visible. */
const ANY_DATABASE_ACCESS = [
  'read_database',
  'write_database',
  'delete_database',
  ...ANY_BRANCH_ACCESS,
  'delete_production_branch',
  'connect_production_read_only_branch',
  'delete_branch_password',
  'delete_production_branch_password',
  'delete_production_read_only_branch_password',
  'promote_branches',
  'demote_branches',
  'create_deploy_request',
  'read_deploy_request',
  'approve_deploy_request',
  'create_comment',
  'read_comment',
  'read_backups',
  'write_backups',
  'delete_backups',
  'delete_production_branch_backups',
  'restore_backup',
  'restore_production_branch_backup',
  'write_branch_vschema',
  'write_production_branch_vschema',
];

const REQUIREMENTS = {
  'GET /organizations/{organization}/service-tokens': published('read_service_tokens'),
  'POST /organizations/{organization}/service-tokens': published('write_service_tokens'),
  'GET /organizations/{organization}/service-tokens/{id}': published('read_service_tokens'),
  'DELETE /organizations/{organization}/service-tokens/{id}': published('delete_service_tokens'),
  'GET /organizations/{organization}/service-tokens/{id}/access': likely('read_service_tokens'),
  'POST /organizations/{organization}/service-tokens/{id}/access': likely('write_service_tokens'),
  'DELETE /organizations/{organization}/service-tokens/{id}/access': likely('write_service_tokens'),
  'GET /organizations/{organization}/service-tokens/{id}/grants': likely('read_service_tokens'),
  'GET /organizations/{organization}/databases/{database}': published(...ANY_DATABASE_ACCESS),
  'GET /organizations/{organization}/databases/{database}/branches': published(...ANY_BRANCH_ACCESS),
  'POST /organizations/{organization}/databases/{database}/branches': published(
    'create_branch',
    'restore_backup',
    'restore_production_branch_backup',
  ),
  'GET /organizations/{organization}/databases/{database}/branches/{branch}': published(...ANY_BRANCH_ACCESS),
  'DELETE /organizations/{organization}/databases/{database}/branches/{branch}': published('delete_branch'),
};

/** A call of the API: its method and the path below `/v1`, parameters in braces. */
export type Operation = keyof typeof REQUIREMENTS;

export interface Requirement {
  /** Permissions of which one is enough. */
  readonly anyOf: readonly string[];
  /** Whether PlanetScale says so; for the rest the names are the likely ones, and are said to be. */
  readonly published: boolean;
}

export function requirementOf(operation: Operation): Requirement {
  return REQUIREMENTS[operation];
}

function published(...anyOf: readonly string[]): Requirement {
  return { anyOf, published: true };
}

function likely(...anyOf: readonly string[]): Requirement {
  return { anyOf, published: false };
}
