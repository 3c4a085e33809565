/**
 * Every call of PlanetScale's API whose required access is published, as of November 2026: the accesses of
 * which one is enough, and below them the calls they open, each with the name the OpenAPI document gives
 * it. Paths are below `/organizations/{organization}`.
 */
const ANY_BRANCH_ACCESS = 'read_branch create_branch delete_branch connect_branch connect_production_branch';

/** Holding any of these on a database makes the database itself visible. */
const ANY_DATABASE_ACCESS = `
  read_database write_database delete_database ${ANY_BRANCH_ACCESS}
  delete_production_branch connect_production_read_only_branch
  delete_branch_password delete_production_branch_password delete_production_read_only_branch_password
  promote_branches demote_branches
  create_deploy_request read_deploy_request approve_deploy_request create_comment read_comment
  read_backups write_backups delete_backups delete_production_branch_backups
  restore_backup restore_production_branch_backup write_branch_vschema write_production_branch_vschema`;

export const PUBLISHED: readonly (readonly [anyOf: string, operations: string])[] = [
  [
    'read_organization',
    `
      get_organization                GET    /
      list_cluster_size_skus          GET    /cluster-size-skus
      list_organization_members       GET    /members
      get_organization_membership     GET    /members/{id}
      list_regions_for_organization   GET    /regions
      list_organization_teams         GET    /teams
      get_organization_team           GET    /teams/{team}
      list_organization_team_members  GET    /teams/{team}/members
      get_organization_team_member    GET    /teams/{team}/members/{id}
    `,
  ],
  [
    'read_invoices',
    `
      list_invoices           GET    /invoices
      get_invoice             GET    /invoices/{id}
      get_invoice_line_items  GET    /invoices/{id}/line-items
    `,
  ],
  [
    'read_audit_logs',
    `
      list_audit_logs  GET    /audit-log
    `,
  ],
  [
    'read_databases read_database',
    `
      list_branch_queries              GET    /databases/{database}/branches/{branch}/insights
      list_branch_anomalies            GET    /databases/{database}/branches/{branch}/insights/anomalies
      get_branch_anomaly               GET    /databases/{database}/branches/{branch}/insights/anomalies/{id}
      list_branch_query_errors         GET    /databases/{database}/branches/{branch}/insights/errors
      get_branch_query_error           GET    /databases/{database}/branches/{branch}/insights/errors/{fingerprint}
      get_branch_query                 GET    /databases/{database}/branches/{branch}/insights/queries/{id}
      list_branch_query_tags           GET    /databases/{database}/branches/{branch}/insights/tags
      list_branch_query_tag_summaries  GET    /databases/{database}/branches/{branch}/insights/tags/summaries
      get_branch_query_tag             GET    /databases/{database}/branches/{branch}/insights/tags/{tag}
      get_query_statistics             GET    /databases/{database}/branches/{branch}/insights/{fingerprint}
      get_query_summary                GET    /databases/{database}/branches/{branch}/insights/{fingerprint}/summary
      list_database_postgres_cidrs     GET    /databases/{database}/cidrs
      get_database_postgres_cidr       GET    /databases/{database}/cidrs/{id}
    `,
  ],
  [
    'create_databases',
    `
      create_database  POST   /databases
    `,
  ],
  [
    'read_oauth_applications',
    `
      list_oauth_applications  GET    /oauth-applications
      get_oauth_application    GET    /oauth-applications/{application_id}
    `,
  ],
  [
    'read_oauth_tokens',
    `
      list_oauth_tokens  GET    /oauth-applications/{application_id}/tokens
      get_oauth_token    GET    /oauth-applications/{application_id}/tokens/{token_id}
    `,
  ],
  [
    'write_oauth_tokens',
    `
      create_oauth_token  POST   /oauth-applications/{id}/token
    `,
  ],
  [
    'delete_oauth_tokens',
    `
      delete_oauth_token  DELETE /oauth-applications/{application_id}/tokens/{token_id}
    `,
  ],
  [
    'read_service_tokens',
    `
      list_service_tokens  GET    /service-tokens
      get_service_token    GET    /service-tokens/{id}
    `,
  ],
  [
    'write_service_tokens',
    `
      create_service_token  POST   /service-tokens
      update_service_token  PATCH  /service-tokens/{id}
    `,
  ],
  [
    'delete_service_tokens',
    `
      delete_service_token  DELETE /service-tokens/{id}
    `,
  ],
  [
    'write_teams',
    `
      create_organization_team         POST   /teams
      update_organization_team         PATCH  /teams/{team}
      delete_organization_team         DELETE /teams/{team}
      add_organization_team_member     POST   /teams/{team}/members
      remove_organization_team_member  DELETE /teams/{team}/members/{id}
    `,
  ],
  [
    'write_organization',
    `
      update_organization_membership  PATCH  /members/{id}
      remove_organization_member      DELETE /members/{id}
    `,
  ],
  [
    'read_database',
    `
      list_maintenance_schedules   GET    /databases/{database}/maintenance-schedules
      get_maintenance_schedule     GET    /databases/{database}/maintenance-schedules/{id}
      list_maintenance_windows     GET    /databases/{database}/maintenance-schedules/{id}/windows
      list_schema_recommendations  GET    /databases/{database}/schema-recommendations
      get_schema_recommendation    GET    /databases/{database}/schema-recommendations/{number}
      list_webhooks                GET    /databases/{database}/webhooks
      get_webhook                  GET    /databases/{database}/webhooks/{id}
    `,
  ],
  [
    ANY_DATABASE_ACCESS,
    `
      list_databases          GET    /databases
      get_database            GET    /databases/{database}
      list_read_only_regions  GET    /databases/{database}/read-only-regions
      list_database_regions   GET    /databases/{database}/regions
    `,
  ],
  [
    'write_database',
    `
      update_database_settings        PATCH  /databases/{database}
      update_branch                   PATCH  /databases/{database}/branches/{branch}
      create_bouncer                  POST   /databases/{database}/branches/{branch}/bouncers
      delete_bouncer                  DELETE /databases/{database}/branches/{branch}/bouncers/{bouncer}
      update_bouncer_resize_request   PATCH  /databases/{database}/branches/{branch}/bouncers/{bouncer}/resizes
      cancel_bouncer_resize_request   DELETE /databases/{database}/branches/{branch}/bouncers/{bouncer}/resizes
      update_branch_change_request    PATCH  /databases/{database}/branches/{branch}/changes
      update_branch_cluster_config    PATCH  /databases/{database}/branches/{branch}/cluster
      update_keyspace_resize_request  PUT    /databases/{database}/branches/{branch}/keyspaces/{keyspace}/resizes
      cancel_keyspace_resize_request  DELETE /databases/{database}/branches/{branch}/keyspaces/{keyspace}/resizes
      cancel_branch_change_request    DELETE /databases/{database}/branches/{branch}/resizes
      update_branch_resize_request    PUT    /databases/{database}/branches/{branch}/resizes
      create_traffic_budget           POST   /databases/{database}/branches/{branch}/traffic/budgets
      create_traffic_rule             POST   /databases/{database}/branches/{branch}/traffic/budgets/{budget_id}/rules
      delete_traffic_rule             DELETE /databases/{database}/branches/{branch}/traffic/budgets/{budget_id}/rules/{id}
      update_traffic_budget           PATCH  /databases/{database}/branches/{branch}/traffic/budgets/{id}
      delete_traffic_budget           DELETE /databases/{database}/branches/{branch}/traffic/budgets/{id}
      create_database_postgres_cidr   POST   /databases/{database}/cidrs
      update_database_postgres_cidr   PATCH  /databases/{database}/cidrs/{id}
      delete_database_postgres_cidr   DELETE /databases/{database}/cidrs/{id}
      dismiss_schema_recommendation   POST   /databases/{database}/schema-recommendations/{number}/dismiss
      update_database_throttler       PATCH  /databases/{database}/throttler
      create_webhook                  POST   /databases/{database}/webhooks
      update_webhook                  PATCH  /databases/{database}/webhooks/{id}
      delete_webhook                  DELETE /databases/{database}/webhooks/{id}
      test_webhook                    POST   /databases/{database}/webhooks/{id}/test
    `,
  ],
  [
    'delete_database',
    `
      delete_database  DELETE /databases/{database}
    `,
  ],
  [
    'create_branch',
    `
      create_keyspace  POST   /databases/{database}/branches/{branch}/keyspaces
      update_keyspace  PATCH  /databases/{database}/branches/{branch}/keyspaces/{keyspace}
    `,
  ],
  [
    'create_branch restore_backup restore_production_branch_backup',
    `
      create_branch  POST   /databases/{database}/branches
    `,
  ],
  [
    ANY_BRANCH_ACCESS,
    `
      list_branches                        GET    /databases/{database}/branches
      get_branch                           GET    /databases/{database}/branches/{branch}
      list_branch_bouncer_resize_requests  GET    /databases/{database}/branches/{branch}/bouncer-resizes
      list_bouncers                        GET    /databases/{database}/branches/{branch}/bouncers
      get_bouncer                          GET    /databases/{database}/branches/{branch}/bouncers/{bouncer}
      list_bouncer_resize_requests         GET    /databases/{database}/branches/{branch}/bouncers/{bouncer}/resizes
      list_branch_change_requests          GET    /databases/{database}/branches/{branch}/changes
      get_branch_change_request            GET    /databases/{database}/branches/{branch}/changes/{id}
      list_extensions                      GET    /databases/{database}/branches/{branch}/extensions
      list_traffic_budgets_for_query       GET    /databases/{database}/branches/{branch}/insights/{fingerprint}/traffic/budgets
      get_keyspace_vschema                 GET    /databases/{database}/branches/{branch}/keyspaces/{keyspace}/vschema
      get_branch_metrics                   GET    /databases/{database}/branches/{branch}/metrics
      get_instant_branch_metrics           GET    /databases/{database}/branches/{branch}/metrics/instant
      get_branch_keyspace_table_metrics    GET    /databases/{database}/branches/{branch}/metrics/keyspace-tables
      get_branch_query_metrics             GET    /databases/{database}/branches/{branch}/metrics/query
      get_branch_table_metrics             GET    /databases/{database}/branches/{branch}/metrics/tables
      get_tablet_metrics                   GET    /databases/{database}/branches/{branch}/metrics/tablets
      get_instant_tablet_metrics           GET    /databases/{database}/branches/{branch}/metrics/tablets-instant
      get_branch_tag_metrics               GET    /databases/{database}/branches/{branch}/metrics/tag
      list_parameters                      GET    /databases/{database}/branches/{branch}/parameters
      list_branch_resize_requests          GET    /databases/{database}/branches/{branch}/resizes
      get_branch_resize_request            GET    /databases/{database}/branches/{branch}/resizes/{resize}
      get_branch_schema                    GET    /databases/{database}/branches/{branch}/schema
      lint_branch_schema                   GET    /databases/{database}/branches/{branch}/schema/lint
      list_traffic_budgets                 GET    /databases/{database}/branches/{branch}/traffic/budgets
      get_traffic_budget                   GET    /databases/{database}/branches/{branch}/traffic/budgets/{id}
    `,
  ],
  [
    'create_branch read_branch delete_branch connect_branch connect_production_branch connect_production_read_only_branch',
    `
      list_passwords    GET    /databases/{database}/branches/{branch}/passwords
      get_password      GET    /databases/{database}/branches/{branch}/passwords/{id}
      list_roles        GET    /databases/{database}/branches/{branch}/roles
      get_default_role  GET    /databases/{database}/branches/{branch}/roles/default
      get_role          GET    /databases/{database}/branches/{branch}/roles/{id}
    `,
  ],
  [
    'read_branch',
    `
      list_keyspaces                         GET    /databases/{database}/branches/{branch}/keyspaces
      get_keyspace                           GET    /databases/{database}/branches/{branch}/keyspaces/{keyspace}
      list_keyspace_resize_requests          GET    /databases/{database}/branches/{branch}/keyspaces/{keyspace}/resizes
      get_keyspace_resize_request            GET    /databases/{database}/branches/{branch}/keyspaces/{keyspace}/resizes/{id}
      get_keyspace_rollout_status            GET    /databases/{database}/branches/{branch}/keyspaces/{keyspace}/rollout-status
      list_generated_query_patterns_reports  GET    /databases/{database}/branches/{branch}/query-patterns
      create_query_patterns_report           POST   /databases/{database}/branches/{branch}/query-patterns
      get_query_patterns_report_status       GET    /databases/{database}/branches/{branch}/query-patterns/{id}
      delete_query_patterns_report           DELETE /databases/{database}/branches/{branch}/query-patterns/{id}
      get_query_patterns_report              GET    /databases/{database}/branches/{branch}/query-patterns/{id}/download
    `,
  ],
  [
    'delete_branch',
    `
      delete_branch  DELETE /databases/{database}/branches/{branch}
    `,
  ],
  [
    'delete_branch delete_production_branch',
    `
      delete_keyspace  DELETE /databases/{database}/branches/{branch}/keyspaces/{keyspace}
    `,
  ],
  [
    'connect_branch connect_production_branch connect_production_read_only_branch',
    `
      create_password  POST   /databases/{database}/branches/{branch}/passwords
      update_password  PATCH  /databases/{database}/branches/{branch}/passwords/{id}
      renew_password   POST   /databases/{database}/branches/{branch}/passwords/{id}/renew
    `,
  ],
  [
    'connect_production_branch demote_branches',
    `
      demote_branch  POST   /databases/{database}/branches/{branch}/demote
    `,
  ],
  [
    'connect_production_branch promote_branches',
    `
      promote_branch  POST   /databases/{database}/branches/{branch}/promote
    `,
  ],
  [
    'create_branch_password create_production_branch_password create_production_read_only_branch_password',
    `
      create_role  POST   /databases/{database}/branches/{branch}/roles
      update_role  PATCH  /databases/{database}/branches/{branch}/roles/{id}
      renew_role   POST   /databases/{database}/branches/{branch}/roles/{id}/renew
    `,
  ],
  [
    'delete_branch_password delete_production_branch_password delete_production_read_only_branch_password',
    `
      delete_password        DELETE /databases/{database}/branches/{branch}/passwords/{id}
      reset_default_role     POST   /databases/{database}/branches/{branch}/roles/reset-default
      delete_role            DELETE /databases/{database}/branches/{branch}/roles/{id}
      reassign_role_objects  POST   /databases/{database}/branches/{branch}/roles/{id}/reassign
      reset_role             POST   /databases/{database}/branches/{branch}/roles/{id}/reset
    `,
  ],
  [
    'create_deploy_request',
    `
      create_deploy_request            POST   /databases/{database}/deploy-requests
      close_deploy_request             PATCH  /databases/{database}/deploy-requests/{number}
      complete_gated_deploy_request    POST   /databases/{database}/deploy-requests/{number}/apply-deploy
      update_auto_apply                PUT    /databases/{database}/deploy-requests/{number}/auto-apply
      update_auto_delete_branch        PUT    /databases/{database}/deploy-requests/{number}/auto-delete-branch
      cancel_deploy_request            POST   /databases/{database}/deploy-requests/{number}/cancel
      complete_errored_deploy          POST   /databases/{database}/deploy-requests/{number}/complete-deploy
      queue_deploy_request             POST   /databases/{database}/deploy-requests/{number}/deploy
      force_cutover_deploy_request     POST   /databases/{database}/deploy-requests/{number}/force-cutover
      complete_revert                  POST   /databases/{database}/deploy-requests/{number}/revert
      skip_revert_period               POST   /databases/{database}/deploy-requests/{number}/skip-revert
      update_deploy_request_throttler  PATCH  /databases/{database}/deploy-requests/{number}/throttler
    `,
  ],
  [
    'create_deploy_request read_deploy_request',
    `
      get_database_throttler  GET    /databases/{database}/throttler
    `,
  ],
  [
    'read_deploy_request',
    `
      list_deploy_requests          GET    /databases/{database}/deploy-requests
      get_deploy_request            GET    /databases/{database}/deploy-requests/{number}
      get_deployment                GET    /databases/{database}/deploy-requests/{number}/deployment
      list_deploy_operations        GET    /databases/{database}/deploy-requests/{number}/operations
      list_deploy_request_reviews   GET    /databases/{database}/deploy-requests/{number}/reviews
      check_deploy_request_storage  GET    /databases/{database}/deploy-requests/{number}/storage-check
      get_deploy_request_throttler  GET    /databases/{database}/deploy-requests/{number}/throttler
    `,
  ],
  [
    'approve_deploy_request review_deploy_request',
    `
      review_deploy_request  POST   /databases/{database}/deploy-requests/{number}/reviews
    `,
  ],
  [
    'read_backups',
    `
      list_backup_policies  GET    /databases/{database}/backup-policies
      get_backup_policy     GET    /databases/{database}/backup-policies/{id}
      list_backups          GET    /databases/{database}/branches/{branch}/backups
      get_backup            GET    /databases/{database}/branches/{branch}/backups/{id}
    `,
  ],
  [
    'write_backups',
    `
      create_backup_policy  POST   /databases/{database}/backup-policies
      update_backup_policy  PATCH  /databases/{database}/backup-policies/{id}
      delete_backup_policy  DELETE /databases/{database}/backup-policies/{id}
      create_backup         POST   /databases/{database}/branches/{branch}/backups
      update_backup         PATCH  /databases/{database}/branches/{branch}/backups/{id}
    `,
  ],
  [
    'delete_backups delete_production_branch_backups',
    `
      delete_backup  DELETE /databases/{database}/branches/{branch}/backups/{id}
    `,
  ],
  [
    'write_branch_vschema write_production_branch_vschema',
    `
      update_keyspace_vschema  PATCH  /databases/{database}/branches/{branch}/keyspaces/{keyspace}/vschema
    `,
  ],
];

/** For these nothing is published; the accesses are the likely ones, and are said to be. */
export const LIKELY: readonly (readonly [anyOf: string, operations: string])[] = [
  [
    // Nothing is published of these, and nothing is likely.
    '',
    `
      enable_safe_migrations       POST   /databases/{database}/branches/{branch}/safe-migrations
      update_safe_migrations       PUT    /databases/{database}/branches/{branch}/safe-migrations
      disable_safe_migrations      DELETE /databases/{database}/branches/{branch}/safe-migrations
      get_deploy_queue             GET    /databases/{database}/deploy-queue
      list_workflows               GET    /databases/{database}/workflows
      create_workflow              POST   /databases/{database}/workflows
      get_workflow                 GET    /databases/{database}/workflows/{number}
      cancel_workflow              DELETE /databases/{database}/workflows/{number}
      complete_workflow            PATCH  /databases/{database}/workflows/{number}/complete
      cutover_workflow             PATCH  /databases/{database}/workflows/{number}/cutover
      retry_workflow               PATCH  /databases/{database}/workflows/{number}/retry
      reverse_cutover_workflow     PATCH  /databases/{database}/workflows/{number}/reverse-cutover
      reverse_traffic_workflow     PATCH  /databases/{database}/workflows/{number}/reverse-traffic
      switch_primaries_workflow    PATCH  /databases/{database}/workflows/{number}/switch-primaries
      switch_replicas_workflow     PATCH  /databases/{database}/workflows/{number}/switch-replicas
      verify_data_workflow         PATCH  /databases/{database}/workflows/{number}/verify-data
    `,
  ],
  [
    'read_service_tokens',
    `
      list_service_token_access  GET    /service-tokens/{id}/access
      list_service_token_grants  GET    /service-tokens/{id}/grants
    `,
  ],
  [
    'write_service_tokens',
    `
      add_service_token_access     POST   /service-tokens/{id}/access
      delete_service_token_access  DELETE /service-tokens/{id}/access
    `,
  ],
];
