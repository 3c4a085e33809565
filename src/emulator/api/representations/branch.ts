import type { Branch, Database } from '../../state/state.ts';
import type { Call } from '../call.ts';
import { dashboardUrl, databaseUrl } from './database.ts';
import { regionBody } from './region.ts';

/** Whether a branch can be used by now. */
function isReady(branch: Branch, now: number): boolean {
  return branch.ready_at !== null && Date.parse(branch.ready_at) <= now;
}

/** A branch as the API prints it. */
export function branchBody(call: Call, database: Database, branch: Branch) {
  const ready = isReady(branch, call.now);
  const address = `${branch.region}.connect.example.com`;
  return {
    id: branch.id,
    name: branch.name,
    created_at: branch.created_at,
    updated_at: branch.created_at,
    deleted_at: null,
    restore_checklist_completed_at: null,
    schema_last_updated_at: null,
    kind: database.kind,
    mysql_address: address,
    mysql_edge_address: address,
    state: ready ? 'ready' : 'pending',
    direct_vtgate: false,
    vtgate_size: 'vg.c1.nano',
    vtgate_name: null,
    vtgate_count: 1,
    vtgate_autoscaling: false,
    vtgate_max_count: null,
    vtgate_target_cpu_utilization: null,
    cluster_name: branch.cluster,
    cluster_iops: null,
    ready,
    schema_ready: ready,
    metal: false,
    production: branch.production,
    safe_migrations: branch.safe_migrations,
    deletion_protected: branch.deletion_protected,
    sharded: false,
    shard_count: 1,
    keyspace_count: 1,
    stale_schema: false,
    actor: branch.actor && { ...branch.actor, avatar_url: 'https://example.com/avatar.png' },
    restored_from_branch: null,
    private_edge_connectivity: false,
    has_replicas: branch.production,
    has_read_only_replicas: false,
    html_url: dashboardUrl(call, database.name, branch.name),
    url: `${databaseUrl(call, database)}/branches/${encodeURIComponent(branch.name)}`,
    region: regionBody(branch.region),
    parent_branch: branch.parent,
    vtgate_options: {},
  };
}
