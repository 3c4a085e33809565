import { type Database, defaultBranch } from '../../state/state.ts';
import type { Call } from '../call.ts';
import { regionBody } from './region.ts';

/** The address of a database, below which its branches are found. */
export function databaseUrl(call: Call, database: Database): string {
  return `${call.baseUrl}/v1/organizations/${encodeURIComponent(call.state.organization.name)}/databases/${encodeURIComponent(database.name)}`;
}

/** Its page in the real dashboard's style of address; nothing is there for an emulated database. */
export function dashboardUrl(call: Call, ...names: readonly string[]): string {
  const path = [call.state.organization.name, ...names].map(encodeURIComponent).join('/');
  return `https://app.planetscale.com/${path}`;
}

/** A database as the API prints it. */
export function databaseBody(call: Call, database: Database) {
  const url = databaseUrl(call, database);
  const { branches } = database;
  const production = branches.filter((branch) => branch.production).length;
  return {
    id: database.id,
    url,
    branches_url: `${url}/branches`,
    branches_count: branches.length,
    open_schema_recommendations_count: 0,
    development_branches_count: branches.length - production,
    production_branches_count: production,
    issues_count: null,
    multiple_admins_required_for_deletion: false,
    ready: true,
    at_backup_restore_branches_limit: false,
    at_development_branch_usage_limit: false,
    data_import: null,
    region: regionBody(database.region),
    html_url: dashboardUrl(call, database.name),
    name: database.name,
    state: 'ready',
    sharded: false,
    default_branch_shard_count: 1,
    default_branch_read_only_regions_count: 0,
    default_branch_table_count: 0,
    default_branch: defaultBranch(database).name,
    require_approval_for_deploy: false,
    deletion_protected: false,
    resizing: false,
    resize_queued: false,
    config_changing: false,
    config_change_queued: false,
    allow_data_branching: false,
    foreign_keys_enabled: false,
    automatic_migrations: null,
    restrict_branch_region: false,
    insights_raw_queries: false,
    plan: 'scaler_pro',
    insights_enabled: false,
    production_branch_web_console: false,
    migration_table_name: null,
    migration_framework: null,
    created_at: database.created_at,
    updated_at: database.created_at,
    schema_last_updated_at: null,
    kind: database.kind,
  };
}
